import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { appendAuditEvents } from '#db/queries/audit.ts'
import { findStanding, listAuditKeys, listPending, newestCheckpoint, treeSize } from '#db/queries/audit-log.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN } from '#db/testing/load.ts'
import { keyInMemory, textOf } from '#server/platform/audit-log/testing.ts'
import { readKey, readNote, signerOf, verifyBundle, type Kept } from '#server/platform/audit-log/verify-audit.mjs'
import { WORKER, type Actor } from '#server/domain/actor.ts'
import { readBundle } from '../reads/audit-bundle.ts'
import { readAudit, readAuditEvent } from '../reads/audit-view.ts'
import { verify } from '../verify.ts'
import { exportEvidence } from './export-evidence.ts'
import { noteReading } from './note-reading.ts'
import { rotateAuditKey } from './rotate-key.ts'
import { sequenceEvents } from './sequence-events.ts'
import { signCheckpoint } from './sign-checkpoint.ts'

const world = useDatabase()
const AUDITOR: Actor = { name: 'test:auditor', role: 'auditor', entityScope: ['*'] }
const now = new Date('2026-11-21T12:00:00Z')

let made = 0
const write = (count: number, action = 'test.done') =>
  world.db.transaction((tx) =>
    appendAuditEvents(
      tx,
      Array.from({ length: count }, () => {
        made += 1
        return {
          actor: 'test',
          role: 'it',
          action,
          objectType: 'thing',
          objectId: `${made}`,
          after: { made },
          correlationId: randomUUID(),
        }
      }),
    ),
  )
const checkpoint = () => signCheckpoint(world.context, { actor: WORKER })
const findings = async () => (await verify(world.context)).checks.find(({ name }) => name === 'audit log')!.differences
const ownKeys = async () => (await listAuditKeys(world.db)).map(({ verifier }) => readKey(verifier)!)

async function bundle(filters: Readonly<Record<string, string>> = {}, since?: number): Promise<string> {
  const request = { actor: AUDITOR, ...(filters.action && { action: filters.action }) }
  const { lines } = await exportEvidence(world.context, { request, filters, since, format: 'jsonl' })
  return await textOf(lines)
}
const kept = (name: string, note: string): Kept => ({ name, note: readNote(note)! })
const checked = async (text: string, checkpoints: Kept[] = []) =>
  verifyBundle([Buffer.from(text)], { keys: await ownKeys(), checkpoints })

beforeAll(async () => {
  await write(300)
  await checkpoint()
})

describe('leaves', () => {
  test('writers wait for nobody: one that does not end keeps neither others nor their leaves back', async () => {
    await sequenceEvents(world.context)
    const before = await treeSize(world.db)
    const [late, begun] = [gate(), gate()]
    const slow = world.db.transaction(async (tx) => {
      await appendAuditEvents(tx, [
        { actor: 'slow', role: 'it', action: 'test.slow', objectType: 'thing', objectId: 's', correlationId: randomUUID() },
      ])
      begun.open()
      await late.opened
    })
    await begun.opened
    await write(2)
    expect(await sequenceEvents(world.context)).toBe(2)
    late.open()
    await slow
    // It was written before the others and committed after them: it is seen as such, and then has the next leaf.
    expect(await findStanding(world.db)).toMatchObject({ leaves: before + 2, pending: 1 })
    expect((await readAudit(world.db, { action: 'test.slow', actor: AUDITOR }, now)).rows[0]).toMatchObject({
      leaf: null,
      proven: 'pending',
    })
    expect(await sequenceEvents(world.context)).toBe(1)
    expect((await readAudit(world.db, { action: 'test.slow', actor: AUDITOR }, now)).rows[0]).toMatchObject({ leaf: before + 2 })
    expect(await findings()).toEqual([])
  })

  test('an event that was undone leaves a gap in the numbers and none in the log', async () => {
    const undone = world.db.transaction(async (tx) => {
      await appendAuditEvents(tx, [
        { actor: 'x', role: 'it', action: 'test.undone', objectType: 'thing', objectId: 'x', correlationId: randomUUID() },
      ])
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
    await write(1)
    await checkpoint()
    expect(await findings()).toEqual([])
    expect((await checked(await bundle())).faults).toEqual([])
  })

  test('several sequencers and writers at once: every event one leaf, none twice, none left', async () => {
    const other = await world.addWorker()
    const before = await treeSize(world.db)
    const writing = Promise.all(Array.from({ length: 40 }, () => write(5)))
    const turns = async (context: typeof other) => {
      for (let n = 0; n < 15; n++) await sequenceEvents(context)
    }
    await Promise.all([writing, turns(world.context), turns(other)])
    await sequenceEvents(other)
    expect(await treeSize(world.db)).toBe(before + 200)
    expect(await listPending(world.db, 1)).toEqual([])
    expect(await findings()).toEqual([])
  })
})

describe('checkpoints', () => {
  test('one covers all that is committed, and nothing new needs no other', async () => {
    await write(3)
    const signed = await checkpoint()
    expect(signed.size).toBe(await treeSize(world.db))
    expect(await checkpoint()).toMatchObject({ size: signed.size, signedAt: signed.signedAt })
    expect(signerOf(readNote(signed.note)!, await ownKeys()).key?.id).toBe(signed.keyId)
  })

  test('without the key none is signed, in words, and the log goes on', async () => {
    await write(1)
    const lost = { ...world.context, auditKey: keyInMemory() }
    await expect(signCheckpoint(lost, { actor: WORKER })).rejects.toMatchObject({
      code: 'audit_key_missing',
      detail: expect.stringMatching(/^this process does not have the private key [0-9a-f]{8}: put it back, or rotate$/),
    })
    await lost.auditKey.keep!((await import('#server/platform/audit-log/note.ts')).newSigningKey())
    await expect(signCheckpoint(lost, { actor: WORKER })).rejects.toMatchObject({
      detail: expect.stringContaining('the one in force'),
    })
    await write(1)
    expect(await sequenceEvents(lost)).toBe(2)
    // What is exported then goes out under the checkpoint of before, and says what it does not cover.
    const { lines } = await exportEvidence(lost, { request: { actor: AUDITOR }, filters: {}, format: 'jsonl' })
    const report = await checked(await textOf(lines))
    expect(report.faults).toEqual([])
    expect(report.notes.join()).toContain('3 records are newer than the checkpoint')
  })

  test('a new key takes over: both sign once, the old one is listed until then, and neither is in the database', async () => {
    const old = await checkpoint()
    const before = await ownKeys()
    await expect(rotateAuditKey(world.context, { actor: ADMIN })).rejects.toMatchObject({ code: 'reason_missing' })
    const { keyId, signedByBoth } = await rotateAuditKey(world.context, { actor: ADMIN, reason: 'a year has gone' })
    expect(signedByBoth).toBe(true)
    const keys = await listAuditKeys(world.db)
    expect(keys.map((key) => [key.keyId, key.validUntil === null])).toEqual([
      [old.keyId, false],
      [keyId, true],
    ])
    const handover = await newestCheckpoint(world.db)
    // Whoever knows only the old key still reads it.
    expect(signerOf(readNote(handover!.note)!, before).key?.id).toBe(old.keyId)
    expect(signerOf(readNote(handover!.note)!, await ownKeys()).key?.id).toBe(keyId)
    await write(1)
    expect((await checkpoint()).keyId).toBe(keyId)
    expect((await checked(await bundle(), [kept('last year', old.note)])).faults).toEqual([])
    expect(await findings()).toEqual([])
    const secret = (await world.context.auditKey.read())!.export({ format: 'der', type: 'pkcs8' })
    const holds = await world.owner`
      select c.table_name, query_to_xml(format('select 1 from %I t where t::text like %L or t::text like %L', c.table_name, ${`%${secret.toString('base64')}%`}::text,
        ${`%${secret.subarray(16).toString('hex')}%`}::text), true, true, '')::text as found
      from information_schema.tables c where table_schema = 'public' and table_type = 'BASE TABLE' and c.table_name like 'audit%'`
    expect(holds.filter(({ found }) => found !== '').map(({ table_name }) => table_name)).toEqual([])
  })
})

describe('what an auditor reads', () => {
  const events = () =>
    world.owner`select action, object_id, after from audit_events where actor = ${READER.name} order by event_id`
  const READER: Actor = { ...AUDITOR, name: 'test:reader' }

  test('a screen is one event a day, however often it is looked at and by which process; what is taken along is one each time', async () => {
    const other = await world.addWorker()
    const look = (context: typeof other, screen: string) => noteReading(context, { screen, actor: READER })
    await Promise.all([look(world.context, '/runs'), look(world.context, '/runs'), look(other, '/runs')])
    await look(other, '/lines')
    await look(world.context, '/runs')
    const tomorrow = { ...world.context, now: () => new Date(Date.now() + 86_400_000) }
    await noteReading(tomorrow, { screen: '/runs', actor: READER })
    const taken = { screen: '/runs', taken: '/runs.csv', actor: READER }
    await noteReading(world.context, taken)
    await noteReading(world.context, taken)
    expect((await events()).map(({ action, object_id }) => `${action} ${object_id}`)).toEqual([
      'audit.read /runs',
      'audit.read /lines',
      'audit.read /runs',
      'evidence.exported /runs',
      'evidence.exported /runs',
    ])
  })
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
    const { lines } = await exportOf(AUDITOR)
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

async function exportOf(actor: Actor): Promise<{ lines: string[] }> {
  const asked = { request: { actor }, filters: {}, isWhole: true }
  return { lines: (await textOf(readBundle(world.db, asked, now))).trimEnd().split('\n') }
}

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
