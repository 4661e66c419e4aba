import { beforeAll, describe, expect, test } from 'vitest'
import { appendAuditEvents } from '#db/queries/audit.ts'
import { findStanding, listAuditKeys, listPending, newestCheckpoint, treeSize } from '#db/queries/audit-log.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN } from '#db/testing/load.ts'
import { newSigningKey } from '#server/platform/audit-log/note.ts'
import { keyInMemory, textOf } from '#server/platform/audit-log/testing.ts'
import { readNote, signerOf } from '#server/platform/audit-log/verify-audit.mjs'
import { WORKER, type Actor } from '#server/domain/actor.ts'
import { readAudit } from '../reads/audit-view.ts'
import { verify } from '../verify.ts'
import { exportEvidence } from './export-evidence.ts'
import { noteReading } from './note-reading.ts'
import { rotateAuditKey } from './rotate-key.ts'
import { sequenceEvents } from './sequence-events.ts'
import { signCheckpoint } from './sign-checkpoint.ts'
import { AUDITOR, kept, logOf, someEvent } from '#db/testing/audit-log.ts'

const world = useDatabase()
const { write, checkpoint, ownKeys, bundle, checked } = logOf(world)
const now = new Date('2026-11-21T12:00:00Z')
const findings = async () => (await verify(world.context)).checks.find(({ name }) => name === 'audit log')!.differences

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
      await appendAuditEvents(tx, [{ ...someEvent('test.slow', 0), actor: 'slow' }])
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
      await appendAuditEvents(tx, [someEvent('test.undone', 0)])
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
    await lost.auditKey.keep!(newSigningKey())
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

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
