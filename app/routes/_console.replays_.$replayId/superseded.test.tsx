import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { SignedBefore } from '#app/routes/_console/signed-before.tsx'
import type { Screen } from './screen.ts'
import { whyApproval } from './superseded.tsx'

type Named = NonNullable<Screen['certifications']>['named'][number]
const one: Named = {
  certificationId: 1,
  reconciliationId: 7,
  title: 'Ledger in the warehouse',
  entity: 'AS02',
  period: '2026-11',
  version: 'actual',
  isAutomatic: false,
  signedBy: 'cara',
  certifiedAt: '2026-11-22T10:17:00Z',
  supersededAt: null,
}
const many = [1, 2, 3, 4, 5].map((certificationId) => ({ ...one, certificationId }))
const words = (named: Named[], outside = 0) =>
  renderToStaticMarkup(<SignedBefore certifications={{ named, outside, signed: named.length }} />).replace(/<[^>]+>/g, '')

test.each([
  ['none', [], 0, /^It would supersede no certified reconciliation\.$/],
  ['one, by name', [one], 0, /1 certified reconciliation\. It is compared again.*warehouse, AS02 2026-11, signed by cara$/],
  ['one that a rule signed', [{ ...one, isAutomatic: true }], 0, /signed by its rule$/],
  ['many: three by name, the rest counted', many, 2, /7 certified reconciliations\. Each is .*cara.*cara.*and 4 more$/],
  ['of entities out of sight only a count', [], 2, /2 certified reconciliations\. .*2 of entities you do not see$/],
] as const)('who confirms a replay is told whose signatures go: %s', (_, named, outside, said) => {
  expect(words([...named], outside)).toMatch(said)
})

test('why somebody else decides', () => {
  const of = (closedPeriods: string[], signed: number) =>
    whyApproval({ replay: { closedPeriods }, certifications: { named: [], outside: signed, signed } } as unknown as Screen)
  expect(of([], 0)).toBe(null)
  expect(of([], 1)).toBe('moves figures of 1 reconciliation that people signed')
  expect(of(['AS01 2026-06'], 2)).toBe(
    'goes into closed periods (AS01 2026-06) and moves figures of 2 reconciliations that people signed',
  )
})
