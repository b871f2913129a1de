// The video on the projector, commanded from the board. A browser may refuse sound before a gesture: then
// the picture and the subtitles go on without it, and a button offers the sound.

/**
 * Does what the board says: « lire », « pause », « debut ».
 * @param {HTMLElement} root
 * @param {string} what
 */
export async function command(root, what) {
  const video = root.querySelector("video");
  if (!video) return;
  if (what === "debut") video.currentTime = 0;
  if (what === "pause") return video.pause();
  if (what !== "lire") return;
  try {
    await video.play();
  } catch {
    video.muted = true;
    offerSound(root, video);
    await video.play().catch(() => {});
  }
}

/**
 * @param {HTMLElement} root
 * @param {HTMLVideoElement} video
 */
function offerSound(root, video) {
  const line = /** @type {HTMLElement} */ (root.querySelector(".video-muted"));
  line.hidden = false;
  /** @type {HTMLElement} */ (line.querySelector("[data-sound]")).onclick = () => {
    video.muted = false;
    line.hidden = true;
  };
}
