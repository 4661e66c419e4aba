/** What a spreadsheet takes for the beginning of a formula; the wide forms too, which some of them fold. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/
const NUMBER = /^-\d+(\.\d+)?$/

/** Text that a spreadsheet would run is kept from it by an apostrophe. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

/** What it was before, where it comes back as it left. */
export const asItWas = (text: string): string => (text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text)

/** The same for what we take to be ours, where a negative number stays one: a code may have come from a source after all. */
export const harmlessCode = (text: string): string => (NUMBER.test(text) ? text : harmless(text))
