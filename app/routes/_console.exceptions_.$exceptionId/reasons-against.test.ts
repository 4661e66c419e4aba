import { expect, test } from 'vitest'
import type { ExceptionCase } from '#app/.server/reads.ts'
import type { Actor } from '#server/domain/actor.ts'
import { reasonsAgainst } from './reasons-against.ts'

const actor = (name: string, role: Actor['role']): Actor => ({ name, role, entityScope: ['*'] })
const FIONA = actor('fiona', 'finance_operations')
const CARA = actor('cara', 'controller')
const open = { failureClass: 'business', closedAt: null } as const
const plain = { isPartly: false, proposal: null, runsAskedBy: [] }
const proposal: NonNullable<ExceptionCase['proposal']> = {
  endingId: 1,
  ending: 'rejected',
  reason: 'Not ours to mend',
  until: null,
  proposedBy: 'fiona',
  proposedAt: '2026-11-21T08:00:00Z',
  decidedBy: null,
  decidedAt: null,
  decision: null,
  decisionReason: null,
}

test('whoever acts on such failures may do everything that is not a decision on a proposal of their own', () => {
  expect(Object.values(reasonsAgainst(FIONA, open, plain)).filter(Boolean)).toEqual([])
  const { approve, decline, withdraw, end, note } = reasonsAgainst(FIONA, open, { ...plain, proposal })
  expect([approve, decline]).toEqual(Array(2).fill('You proposed it: somebody else decides.'))
  expect([withdraw, note]).toEqual([null, null])
  expect(end).toMatch(/^You proposed an ending already/)
})

test('a second person decides, unless they asked for a run that found it', () => {
  const { approve, decline, withdraw } = reasonsAgainst(CARA, open, { ...plain, proposal })
  expect([approve, decline]).toEqual([null, null])
  expect(withdraw).toBe('Only who proposed it withdraws it.')
  const asked = reasonsAgainst(CARA, open, { ...plain, proposal, runsAskedBy: ['cara'] })
  expect([asked.approve, asked.decline]).toEqual(['You asked for a run that found it: somebody else approves it.', null])
})

test('each reason names what is in the way: the role, the class, the scope, or that it is fixed', () => {
  const auditor = Object.values(reasonsAgainst(actor('ada', 'auditor'), open, plain))
  expect(auditor.every((reason) => reason?.startsWith('Your role, Auditor, does not allow this'))).toBe(true)
  const it = reasonsAgainst(actor('ivan', 'it'), open, plain)
  expect(it.assign).toBe(
    'Your role, IT, does not act on failures of this class. They are for: Finance operations, Controller, Administrator.',
  )
  expect(it.note, 'who sees it may say something').toBeNull()
  expect(reasonsAgainst(FIONA, open, { ...plain, isPartly: true }).note).toBe('It concerns entities outside your scope as well.')
  const closed = reasonsAgainst(FIONA, { ...open, closedAt: '2026-11-21T08:00:00Z' }, plain)
  expect([closed.move, closed.note]).toEqual(['It is fixed: its control passed again.', null])
})
