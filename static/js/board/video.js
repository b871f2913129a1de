// The video on the projector, commanded from the board. A browser may refuse sound before a gesture: then
// the picture and the subtitles go on without it, and a button offers the sound.

/** Does what the board says: « lire », « pause », « debut ». */
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

function offerSound(root, video) {
  const line = root.querySelector(".video-muted");
  line.hidden = false;
  line.querySelector("[data-sound]").onclick = () => {
    video.muted = false;
    line.hidden = true;
  };
}
