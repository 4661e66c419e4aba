import { readFile } from 'node:fs/promises'
import type { ZipEntry } from '#server/platform/zip.ts'

const RECOMPUTE = new URL('./recompute.mjs', import.meta.url)

/** What goes along in words, and the script that does it again without us. */
export async function packHelp(kind: 'one' | 'period'): Promise<ZipEntry[]> {
  return [
    { name: 'README.txt', content: kind === 'one' ? `${ONE}${FILES}${LIMITS}` : `${PERIOD}${FILES}${LIMITS}` },
    { name: 'recompute.mjs', content: await readFile(RECOMPUTE) },
  ]
}

const RUN = `To do it again, unpack the ZIP and run, in its folder:

  node recompute.mjs

It needs Node 20 or newer, no packages and no network. It adds up the lines, takes the differences, adds up their parts, takes every hash
again, prints each comparison and ends with 0 where everything agrees, with 1 where something does not.

`
const ONE = `Evidence of one reconciliation, from a Finance Control Tower

${RUN}`
const PERIOD = `Evidence of the reconciliations of a period, from a Finance Control Tower

${RUN}index.pdf and index.json say what is in it. Each reconciliation has a folder of its own with the files below.

`
const FILES = `sheet.pdf       what was compared, what differs, why, and who signed it: to read and to file
lines.csv       every line of every side as of that publication: for programs. Amounts as decimal text in the sign that is compared.
                An apostrophe stands before text that a spreadsheet would run, and before text that begins with one: take one off.
lines.xlsx      the same for people, as many lines as a workbook here holds
seal.json       exactly the text that was sealed; its SHA-256 is the seal. Not there where nobody certified it: manifest.json says why
manifest.json   what was asked (definition, publication, statements), what was found, the runs and artifacts under it, the hash of every file
evidence/       the files that support it, as they were added
recompute.mjs   the script (of a whole period: in the outer folder)
README.txt      this text

`
const LIMITS = `What this shows: the figures that were signed follow from these lines, and nothing in this pack was changed since it was made. What it
does not show by itself: that the seal is the one that was signed. Its hash is in the audit log, in the event reconciliation.certified.
Take the evidence of the audit log as well, check it with its own script, and pass the hash on: node recompute.mjs --seal HASH. Of a
whole period pass --seal HASH once for each seal you know. Where no seal.json is, nothing ties the figures to a signature; the script says so.
Keep a copy of your own of the script, and compare.
`
