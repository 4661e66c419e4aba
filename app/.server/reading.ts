/** What an auditor reads, as the log keeps it: the screen, and the file where one was taken along. */
export type Noted = { readonly screen: string; readonly taken?: string }

const FILE = /\.(csv|xlsx|jsonl|zip|txt|yaml|json|pdf)$/
const FILE_OF = /\/(bytes|csv|yaml)$|^\/runs\/\d+\/deliveries\/\d+$/
/** Exports of the audit log, and packs of evidence, say so themselves, with what they are of. */
const SAYS_SO_ITSELF = /^\/audit(\.(csv|xlsx|jsonl|zip)|\/checkpoint\.txt)$|^\/reconciliations(\/\d+\/evidence)?\.zip$/
/** The stream of news tells that something came, and no figures; views are saved, not read. */
const NO_SCREEN = ['/events', '/views']

export function readingOf(pathname: string): Noted | null {
  if (SAYS_SO_ITSELF.test(pathname)) return null
  const first = `/${pathname.split('/')[1] ?? ''}`
  if (NO_SCREEN.includes(first)) return null
  const screen = first.replace(FILE, '')
  return FILE.test(pathname) || FILE_OF.test(pathname) ? { screen, taken: pathname } : { screen }
}
