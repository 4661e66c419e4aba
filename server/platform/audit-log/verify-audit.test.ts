import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { jcs } from './jcs.ts'
import { newSigningKey, signedNote, verifierKey } from './note.ts'
import { leafHash, nodeHash } from './tree.ts'
import { readKey, verifyBundle } from './verify-audit.mjs'

// What a forger has: a genuine bundle, its signed checkpoint, the script; and not the key.
const ORIGIN = 'log.test/forged'
const key = newSigningKey()
const eventOf = (eventId: number, action: string) => jcs({ eventId, action, objectType: 'run', objectId: `${eventId}` })
const treeOf = (action: string) => {
  const events = [eventOf(1, action), eventOf(2, action)]
  const [first, second] = events.map((event) => leafHash(event))
  return { events, first: first!, second: second!, root: nodeHash(first!, second!) }
}
const genuine = treeOf('run.started')
const forged = treeOf('run.approved')

type Line = Readonly<Record<string, unknown>>
const header = (whole: boolean): Line => ({ type: 'bundle', format: 'control-tower-audit/1', origin: ORIGIN, whole })
const noteOf = ({ root }: { root: Uint8Array }, by = [key]): Line => ({
  type: 'checkpoint',
  note: signedNote({ origin: ORIGIN, size: 2, root, signedAt: new Date('2026-11-21T12:00:00Z') }, by),
})
const eventsOf = ({ events, first, second }: typeof genuine, more: Line = {}): Line[] => [
  { type: 'event', leaf: 0, hash: first.toString('hex'), event: events[0], proof: [second.toString('base64')], ...more },
  { type: 'event', leaf: 1, hash: second.toString('hex'), event: events[1], proof: [first.toString('base64')], ...more },
]
/** With an end of its own, as whoever changes a bundle makes one. */
function bundleOf(lines: readonly (Line | string)[], end: Line = { leaves: '0-1' }): string {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
  const records = lines.filter((line) => typeof line === 'string' || line.type === 'event').length
  const sha256 = createHash('sha256').update(text).digest('hex')
  return `${text}${JSON.stringify({ type: 'end', records, leaves: '0-1', sha256, ...end })}\n`
}
const faultsOf = async (text: string) =>
  (await verifyBundle([Buffer.from(text)], { keys: [readKey(verifierKey(ORIGIN, key))!] })).faults

const part = [header(false), noteOf(genuine), ...eventsOf(genuine)]
const stranger = newSigningKey()
const withName = (line: Line, name: string) => JSON.stringify(line).replace('"event":', `${JSON.stringify(name)}:"",$&`)

test('what was exported has no fault', async () => {
  expect(await faultsOf(bundleOf(part))).toEqual([])
  expect(await faultsOf(bundleOf([header(true), noteOf(genuine), ...eventsOf(genuine)]))).toEqual([])
})

test.each<[string, string, RegExp]>([
  [
    'records are held against a checkpoint of one’s own, and the signature against the genuine one',
    bundleOf([header(false), noteOf(forged, [stranger]), ...eventsOf(forged), noteOf(genuine)]),
    /line 5: 'checkpoint' has its place elsewhere/,
  ],
  [
    'the genuine checkpoint comes before the records, after one of one’s own',
    bundleOf([header(false), noteOf(forged, [stranger]), noteOf(genuine), ...eventsOf(genuine)]),
    /line 3: 'checkpoint' has its place elsewhere/,
  ],
  [
    'records come as those of the whole log, and afterwards it is said to be a part',
    bundleOf([header(true), noteOf(genuine), ...eventsOf(forged), header(false)]),
    /line 5 .*'bundle' has its place elsewhere/,
  ],
  [
    'it is said to be a part before the records, too',
    bundleOf([header(true), header(false), noteOf(genuine), ...eventsOf(genuine)]),
    /line 2: 'bundle' has its place elsewhere/,
  ],
  [
    'records come before what they are held against',
    bundleOf([header(false), ...eventsOf(forged), noteOf(genuine)]),
    /line 4: 'checkpoint' has its place elsewhere/,
  ],
  [
    'what it is comes second',
    bundleOf([noteOf(genuine), header(false), ...eventsOf(genuine)]),
    /line 1: 'checkpoint' has its place elsewhere/,
  ],
  ['it ends twice', `${bundleOf(part)}${bundleOf([])}`, /line 6 comes after the end/],
  [
    'a line has a name twice: this script would read the one, another program the other',
    bundleOf([...part.slice(0, 3), withName(part[3]!, 'event')]),
    /line 4 is not written as a bundle is/,
  ],
  [
    'a record brings more than its event',
    bundleOf([...part.slice(0, 2), ...eventsOf(genuine, { note: 'approved' })]),
    /note is no/,
  ],
  [
    'the first record is there again, before the first',
    bundleOf([...part, { ...part[2], leaf: -1 }], { leaves: '0-1,-1' }),
    /line 5 is of no leaf/,
  ],
  ['a line is of a kind nobody knows', bundleOf([...part, { type: 'remark' }]), /line 5 is nothing known/],
])('forged: %s', async (_what, text, fault) => {
  expect((await faultsOf(text)).join('\n')).toMatch(fault)
})
