/** The same names as mentionsIn of the domain finds, kept in their place: every second part is one, with its @. */
const MENTION = /((?<![\w.@-])@(?:[a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9]))/i

export type NotePart = { readonly text: string; readonly isMention: boolean }

/** A note in parts, so that the people it names are shown apart. `mentions`: those that were known when it was written. */
export function noteParts(text: string, mentions: readonly string[]): NotePart[] {
  return text
    .split(new RegExp(MENTION, 'gi'))
    .map((part, index) => ({ text: part, isMention: index % 2 === 1 && mentions.includes(part.slice(1).toLowerCase()) }))
    .filter((part) => part.text !== '')
}

/** What somebody is about to name where they write: the letters after the @ before the caret; null where there is none. */
export function namedAt(text: string, caret: number): string | null {
  const found = /(?:^|[^\w.@-])@([a-z0-9._-]*)$/i.exec(text.slice(0, caret))
  return found ? found[1]!.toLowerCase() : null
}

/** The text with that name written out before the caret, and where the caret is then. */
export function withName(text: string, caret: number, signIn: string): { readonly text: string; readonly caret: number } {
  const before = text.slice(0, caret).replace(/@[a-z0-9._-]*$/i, `@${signIn} `)
  return { text: before + text.slice(caret), caret: before.length }
}
