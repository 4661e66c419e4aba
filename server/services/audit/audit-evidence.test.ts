import { beforeAll, describe, expect, test } from 'vitest'
import { treeSize } from '#db/queries/audit-log.ts'
import { useDatabase } from '#db/testing/database.ts'
import { textOf } from '#server/platform/audit-log/testing.ts'
import { readKey, verifyBundle } from '#server/platform/audit-log/verify-audit.mjs'
import { readBundle } from '../reads/audit-bundle.ts'
import { readAudit, readAuditEvent } from '../reads/audit-view.ts'
import { AUDITOR, kept, logOf } from '#db/testing/audit-log.ts'

const world = useDatabase()
const { write, checkpoint, ownKeys, bundle, checked } = logOf(world)
const now = new Date('2026-11-21T12:00:00Z')

beforeAll(async () => {
  await write(300)
  await checkpoint()
})

describe('evidence', () => {
  test('the whole log, and a part of it, say what they prove', async () => {
    await write(2, 'test.rare')
    const older = await checkpoint()
    await write(260)
    const whole = await checked(await bundle(), [kept('kept', older.note)])
    expect(whole).toMatchObject({ faults: [], records: await treeSize(world.db) })
    expect(whole.proved).toHaveLength(3)
    const text = await bundle({ action: 'test.rare' }, older.size)
    const part = await checked(text, [kept('kept', older.note)])
    expect(part).toMatchObject({ faults: [], records: 2 })
    expect(part.notes.join()).toContain('nothing was left out')
    const strange = await verifyBundle([Buffer.from(text)])
    expect(strange.faults).toEqual([])
    expect(strange.notes.join()).toContain('NOT proved: who signed')
  })

  test('that it was taken is in it', async () => {
    const lines = (await bundle()).trim().split('\n')
    expect(lines.at(-2)).toContain('evidence.exported')
  })

  test('an event shows the way from its leaf to the signed root', async () => {
    await checkpoint()
    const [row] = (await readAudit(world.db, { action: 'test.rare', actor: AUDITOR }, now)).rows
    expect(row!.proven).toBe('signed')
    const event = await readAuditEvent(world.db, row!.eventId, AUDITOR)
    expect(event!.inclusion).toMatchObject({
      leads: true,
      proof: expect.arrayContaining([expect.stringMatching(/^[0-9a-f]{64}$/)]),
    })
    expect(event!.recomputed).toBe(event!.hash)
  })

  test('one byte changed anywhere is noticed, and in a record the record is named', async () => {
    const text = await bundle({ action: 'test.rare' })
    const bytes = Buffer.from(text)
    const keys = await ownKeys()
    const unnoticed: string[] = []
    const unnamed: string[] = []
    let line = 0
    const lines = text.split('\n')
    for (let at = 0; at < bytes.length; at++) {
      if (at > 0 && bytes[at - 1] === 10) line += 1
      const isRecord = lines[line]!.includes('"type":"event"')
      // Every byte of the records and of the end, one in seven of the rest.
      if (!isRecord && !lines[line]!.includes('"end"') && at % 7 !== 0) continue
      const touched = Buffer.from(bytes)
      touched[at] = touched[at]! ^ (1 << (at % 7))
      const { faults } = await verifyBundle([touched], { keys })
      if (faults.length === 0) unnoticed.push(`${at}: ${text.slice(at - 9, at + 9)}`)
      const leaf = /"leaf":(\d+)/.exec(lines[line]!)?.[1]
      const names = new RegExp(`leaf ${leaf}\\b|line ${line + 1}\\b`)
      if (isRecord && !faults.some((fault) => names.test(fault)))
        unnamed.push(`${at}: ${text.slice(at - 9, at + 9)} ${faults.join('; ')}`)
    }
    expect(unnoticed).toEqual([])
    expect(unnamed).toEqual([])
  }, 120_000)

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    [
      'a byte of a record was changed',
      (lines) => lines.map((line) => (line.includes('"leaf":7,') ? line.replace('test.done', 'test.donf') : line)),
      /^leaf 7 .*the record or its hash was changed/,
    ],
    [
      'a record was taken out',
      (lines) => lines.filter((line) => !line.includes('"leaf":7,')),
      /^leaf 7 is missing, before leaf 8/,
    ],
    [
      'the end was cut off',
      (lines) => lines.filter((line) => !/"leaf":[2-9]\d\d,/.test(line)),
      /^leaves 200 to \d+ are missing at the end/,
    ],
    ['the last line is gone', (lines) => lines.slice(0, -1), /ends too early/],
    [
      'a record is there twice',
      (lines) => lines.flatMap((line) => (line.includes('"leaf":7,') ? [line, line] : [line])),
      /^leaf 7 .*twice/,
    ],
    ['the checkpoint is gone', (lines) => lines.filter((line) => !line.includes('"checkpoint"')), /no checkpoint/],
    [
      'a record and its hash were changed together',
      (lines) =>
        lines.map((line) =>
          line.includes('"leaf":7,')
            ? lines[lines.findIndex((other) => other.includes('"leaf":8,'))]!.replace('"leaf":8,', '"leaf":7,')
            : line,
        ),
      /root of these records is not the one that was signed/,
    ],
  ])('of the whole log: %s', async (_what, change, fault) => {
    const lines = await wholeLog()
    const { faults } = await checked(`${change(lines).join('\n')}\n`)
    expect(faults.join('\n')).toMatch(new RegExp(fault.source, 'm'))
  })

  test('a key that the auditor does not know does not count, though the bundle lists it', async () => {
    const text = await bundle()
    const stranger = readKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')!
    const { faults } = await verifyBundle([Buffer.from(text)], { keys: [stranger] })
    expect(faults.join()).toMatch(/it is signed by [0-9a-f]{8}, not by c74f20a3/)
  })
})

async function wholeLog(): Promise<string[]> {
  const asked = { request: { actor: AUDITOR }, filters: {}, isWhole: true }
  return (await textOf(readBundle(world.db, asked, now))).trimEnd().split('\n')
}
