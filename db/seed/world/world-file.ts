/** A file that a system of the world puts into a folder. */
export type WorldFile = { readonly folder: string; readonly name: string; readonly bytes: Uint8Array }
