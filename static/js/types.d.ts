// Types that the scripts share, for `tsc` alone: nothing of this is in a bundle.

// --- what the browser's own types do not tell ------------------------------------------------------

/** The element that a selector finds, by the tag that its last part names: « p, textarea.answer ». */
type Found<S extends string> = S extends `${infer One},${infer Rest}` ? Tagged<Tag<One>> | Found<Rest> : Tagged<Tag<S>>;
type Tag<S extends string> = S extends `${string} ${infer Rest}` ? Tag<Rest> : Before<Before<Before<Before<S, ".">, "#">, "[">, ":">;
type Before<S extends string, Sign extends string> = S extends `${infer Name}${Sign}${string}` ? Name : S;
type Tagged<Name extends string> = Name extends keyof HTMLElementTagNameMap
  ? HTMLElementTagNameMap[Name]
  : Name extends keyof SVGElementTagNameMap ? SVGElementTagNameMap[Name] : HTMLElement;

interface ParentNode {
  querySelector<S extends string>(selectors: S): Found<S> | null;
  querySelectorAll<S extends string>(selectors: S): NodeListOf<Found<S>>;
}

interface Element {
  closest<S extends string>(selector: S): Found<S> | null;
}

type Field = HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement;
type Area = HTMLTextAreaElement | HTMLInputElement;

/** What happens to an element of the page, heard there or above. */
type Happened<Type, Event> = Event & { target: Type extends "submit" ? HTMLFormElement : Type extends "input" | "change" ? HTMLInputElement : HTMLElement };

interface HTMLElement {
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K, listener: (event: Happened<K, HTMLElementEventMap[K]>) => unknown, options?: boolean | AddEventListenerOptions,
  ): void;
}

interface HTMLFormElement {
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K, listener: (event: Happened<K, HTMLElementEventMap[K]>) => unknown, options?: boolean | AddEventListenerOptions,
  ): void;
}

interface Document {
  addEventListener<K extends keyof DocumentEventMap>(
    type: K, listener: (event: Happened<K, DocumentEventMap[K]>) => unknown, options?: boolean | AddEventListenerOptions,
  ): void;
}

/** The fields that our forms have. */
interface HTMLFormControlsCollection {
  [name: `base-${string}` | `avant-${string}`]: HTMLInputElement;
  csrfmiddlewaretoken: HTMLInputElement;
  part: HTMLInputElement;
  image: HTMLInputElement;
}

// Timers that may not have been set.
declare function clearTimeout(id: number | null): void;
declare function clearInterval(id: number | null): void;

type Clicked = Happened<"click", MouseEvent>;
type Pressed = Happened<"keydown", KeyboardEvent>;
type Submitted = Happened<"submit", SubmitEvent>;

// --- what the server tells -------------------------------------------------------------------------

/** An activity's state (lessons/live): instants and durations in milliseconds. */
interface State {
  now: number;
  revision: number;
  stage: string;
  part: number;
  status: string;
  ends_at: number | null;
  remaining: number | null;
  counts_extra: boolean;
  published: boolean;
  assessing: boolean;
  gallery: boolean;
  ballot: string;
}

/** A clock that runs, stands still or has not begun: milliseconds. */
interface Time {
  status: string | undefined;
  deadline: number | null;
  remaining: number | null;
  total: number;
}

/** What a page says aloud, or shows. */
type Say = (text: string) => unknown;

/** What a page does at the server's events (lib/live.js). */
interface Handlers {
  etat(state: State, polled: boolean): unknown;
  moi?(): unknown;
  tuiles?(): unknown;
  arrivee?(): unknown;
  presents?(text: string): unknown;
  votants?(text: string): unknown;
  video?(text: string): unknown;
  link?(up: boolean): unknown;
}

// --- the student's page ----------------------------------------------------------------------------

/** A text with the base that it was written on, as a draft keeps it; `versions`: those it settles. */
interface Draft {
  text: string;
  base: number;
  settles: boolean;
  versions: number[];
}

/** A field that is saved (student/autosave.js). */
interface SavedField {
  area: { value: string };
  base: number;
  safe: string | null;
  settles: boolean;
  versions: number[];
  seq?: number;
}

/** A longer text that the server offers to take back. */
interface Offer {
  id: number;
  text: string;
  at: string;
}

/** What the server says of one field that it was sent. */
interface SaveResult {
  name: string;
  outcome: string;
  revision: number;
  stored: string;
  longer?: Offer | null;
}

/** What a field's line is told beside its state. */
interface SaveDetail {
  at?: string;
  other?: string;
  revision?: number;
  longer?: Offer | null;
  settled?: boolean;
}

type ShowField = (name: string, state: string, detail?: SaveDetail) => void;

/** What the student has chosen between: `revision` of the stored text where it was shown, and ids of versions. */
interface Settled {
  revision?: number;
  versions: number[];
}

/** The annexes and the lexicon beside the questions (student/shelf.js). */
interface Shelf {
  open(id: string): void;
  current(): { tab: HTMLElement; panel: HTMLElement };
  find(id: string): Element | null | undefined;
}

// --- grading ---------------------------------------------------------------------------------------

/** A value that the teacher wants for a field of a copy; `seen`: what the server may hold without contradicting it. */
interface Mark {
  copy: string;
  name: string;
  value: string;
  seen: string[];
  clash?: string;
  label?: string;
  address?: string;
  /** How many times it was sent as the page left. */
  left?: number;
}

/** What the server says of a mark. */
interface MarkResult {
  copy: string;
  name: string;
  outcome: string;
  stored: string;
  error?: string;
}

/** A copy that was fetched: what goes into <main>, and when it was asked for. */
interface FetchedCopy {
  at: number;
  content: DocumentFragment;
}

// --- the group's document --------------------------------------------------------------------------

/** Edits of one load of the page (`client`) for one group (`seat`). */
interface Batch {
  client: number;
  seat: string;
  updates: Uint8Array[];
  /** It was made anew, to what the server had. */
  whole?: boolean;
}

/** What a tab keeps of a document: batches, or the texts that start anew. */
interface KeptEdits {
  batches?: { client: number; seat: string; data: string }[];
  texts?: Record<string, string>;
  seat?: string;
}

interface KeptStore {
  read(): KeptEdits | null;
  keep(value: KeptEdits | null): void;
}

/** A stretch of a text with who wrote it. */
interface Run {
  id: string | null;
  name: string | null;
  text: string;
}

/** A member of the group, in the order of seats. */
interface Member {
  id: string;
  name: string;
  me: boolean;
}

type SharedDocument = ReturnType<typeof import("./document/replica.js").openDocument>;

/** Who reads an annexe. */
interface Reading {
  reader: string | undefined;
  mine: boolean;
}
