import { expect, test } from 'vitest'
import { ROLES, type Actor, type Role } from '#server/domain/actor.ts'
import { RUN_STATUSES, type RunStatus } from '#server/domain/run.ts'
import { reasonsAgainst } from './reasons-against.ts'

const actor = (role: Role): Actor => ({ name: role, role, entityScope: ['*'] })
type Given = Parameters<typeof reasonsAgainst>[1]
const screen = (status: RunStatus, more: Partial<Given['run']> = {}, rest: Partial<Given> = {}): Given =>
  ({
    run: { status, trigger: 'manual', publication: status === 'succeeded' ? 3 : null, isInputWhole: true, ...more },
    withdrawnBy: null,
    deliveries: [{}],
    rollbackAsked: null,
    overtakenBy: null,
    ...rest,
  }) as unknown as Given

const open = (reasons: ReturnType<typeof reasonsAgainst>) =>
  Object.entries(reasons).flatMap(([action, reason]) => (reason === null ? [action] : []))

test('an auditor can do nothing, whatever the run', () => {
  for (const status of RUN_STATUSES) expect(open(reasonsAgainst(actor('auditor'), screen(status)))).toEqual([])
})

test('a controller looks at a replay and does not do it', () => {
  expect(open(reasonsAgainst(actor('controller'), screen('held')))).toEqual(['replay'])
})

test.each<[RunStatus, string[]]>([
  ['queued', ['cancel']],
  ['running', ['cancel']],
  ['waiting', ['cancel']],
  ['succeeded', ['replay', 'confirmReplay', 'rollback']],
  ['held', ['replay', 'confirmReplay']],
  ['failed', ['restart', 'replay', 'confirmReplay']],
  ['cancelled', ['restart', 'replay', 'confirmReplay']],
  ['rehearsed', []],
])('what IT may do with a run that is %s', (status, actions) => {
  expect(open(reasonsAgainst(actor('it'), screen(status))).sort()).toEqual(actions.sort())
})

test('what makes no sense is closed to everybody', () => {
  expect(open(reasonsAgainst(actor('admin'), screen('succeeded', { trigger: 'rollback', publication: 4 })))).toEqual(['rollback'])
  expect(open(reasonsAgainst(actor('admin'), screen('succeeded', {}, { withdrawnBy: { publication: 4, runId: 9 } })))).toEqual([
    'replay',
    'confirmReplay',
  ])
  expect(open(reasonsAgainst(actor('admin'), screen('failed', {}, { deliveries: [] })))).toEqual(['restart'])
})

test('a run that a newer one overtook is replayed, not restarted', () => {
  const overtaken = screen('failed', {}, { overtakenBy: 9 })
  expect(open(reasonsAgainst(actor('it'), overtaken)).sort()).toEqual(['confirmReplay', 'replay'])
  expect(reasonsAgainst(actor('it'), overtaken).restart).toMatch(/^Run 9 is newer.*Replay it/)
})

test('a run that did not read its source to the end is restarted, or its job is run: a replay would take the rest for gone', () => {
  const cut = screen('failed', { isInputWhole: false })
  expect(open(reasonsAgainst(actor('it'), cut))).toEqual(['restart'])
  expect(reasonsAgainst(actor('it'), { ...cut, overtakenBy: 9 }).restart).toMatch(/^Run 9 is newer.*Run its job/)
})

test('a rollback into closed periods is decided by a controller who did not ask for it', () => {
  const asked = screen('succeeded', {}, { rollbackAsked: { requestedBy: 'ivan' } } as Partial<Given>)
  expect(open(reasonsAgainst(actor('controller'), asked))).toEqual(['replay', 'decideRollback'])
  expect(reasonsAgainst({ ...actor('controller'), name: 'ivan' }, asked).decideRollback).toMatch(/somebody else/)
  expect(reasonsAgainst(actor('it'), asked).decideRollback).toMatch(/role/)
})

test('a closed button always says why, and never in code', () => {
  for (const role of ROLES) {
    for (const status of RUN_STATUSES) {
      for (const reason of Object.values(reasonsAgainst(actor(role), screen(status)))) {
        if (reason !== null) expect(reason).toMatch(/^[A-Z][^_]+\.$/)
      }
    }
  }
})
