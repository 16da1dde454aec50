// What generators make: files with their text. They are pure; only files/ writes.

export interface GeneratedFile {
  /** Relative to the folder that is generated into, with forward slashes. */
  readonly path: string;
  readonly text: string;
}
