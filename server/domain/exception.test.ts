import { describe, expect, test } from 'vitest'
import { businessDraft, claimDraft, conservationDraft, failureDraft } from './exception.ts'
import { BUSINESS_RULES, CONTROL_RULES, sentence, type BusinessCode } from './rules/catalogue.ts'

const cause = {
  code: 'member_inactive',
  field: 'cost_centre',
  value: '4711',
  detail: 'inactive in DE01',
  entities: ['DE01'],
  collapsed: false,
}
const slices = ['erp DE01 2026-10 actual']
const claim = {
  kind: 'total',
  measure: 'debit',
  subject: '',
  currency: 'EUR',
  stated_as: 'trailer',
  claimed: '100.00',
  found: '99.99',
  opening: null,
  difference: '0.01',
}
const rollForward = {
  ...claim,
  kind: 'roll_forward',
  measure: 'closing',
  subject: '1000',
  claimed: '150.00',
  opening: '40.00',
  found: '140.00',
  difference: '10.00',
}

describe('one cause is one exception', () => {
  test('a record rule: the same cause is the same, whatever record showed it', () => {
    const again = { ...cause, detail: 'inactive in FR01', entities: ['FR01'] }
    expect(businessDraft(1, again).fingerprint).toBe(businessDraft(1, cause).fingerprint)
  })

  test('a record rule: another job, rule, field or value is another', () => {
    const all = [
      businessDraft(1, cause),
      businessDraft(2, cause),
      businessDraft(1, { ...cause, code: 'code_unmapped' }),
      businessDraft(1, { ...cause, field: 'project' }),
      businessDraft(1, { ...cause, value: '4712' }),
      businessDraft(1, { ...cause, value: '' }),
    ]
    expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(all.length)
  })

  test('a stated total: the same measure of the same slices is the same, whatever the figures', () => {
    const worse = { ...claim, claimed: '200.00', difference: '100.01' }
    expect(claimDraft(1, worse, slices).fingerprint).toBe(claimDraft(1, claim, slices).fingerprint)
    const others = [
      claimDraft(1, { ...claim, measure: 'credit' }, slices),
      claimDraft(1, { ...claim, measure: 'records' }, slices),
      claimDraft(1, claim, ['erp DE01 2026-11 actual']),
      claimDraft(2, claim, slices),
      claimDraft(1, rollForward, slices),
      claimDraft(1, { ...rollForward, subject: '2000' }, slices),
    ]
    expect(new Set([...others, claimDraft(1, claim, slices)].map(({ fingerprint }) => fingerprint)).size).toBe(others.length + 1)
  })

  test('a technical failure: the same file failing the same way is the same, transient or not', () => {
    const draft = (
      failureClass: 'technical_transient' | 'technical_permanent' | 'unclassified',
      code: string,
      file: string | null,
      job = { jobId: 1, job: 'gl', systemId: 7, system: 'ERP' },
    ) => failureDraft(job, { failureClass, code, title: 'title', detail: 'detail' }, file).fingerprint
    expect(draft('technical_transient', 'source_timed_out', null)).toBe(draft('technical_permanent', 'source_timed_out', null))
    expect(draft('technical_permanent', 'file_malformed', 'a.csv')).not.toBe(
      draft('technical_permanent', 'file_malformed', 'b.csv'),
    )
    expect(draft('technical_permanent', 'file_malformed', 'a.csv')).not.toBe(draft('technical_permanent', 'file_empty', 'a.csv'))
    expect(draft('unclassified', 'x', null)).not.toBe(draft('technical_permanent', 'x', null))
    // A system that does not answer is one cause for all its jobs, however it fails to answer; what one job did wrong is its own.
    const other = { jobId: 2, job: 'ap', systemId: 7, system: 'ERP' }
    const down = draft('technical_transient', 'source_unreachable', null)
    expect(draft('technical_transient', 'source_unavailable', null, other)).toBe(down)
    expect(draft('technical_transient', 'source_unreachable', null, { ...other, systemId: 8 })).not.toBe(down)
    expect(draft('technical_permanent', 'source_refused', null, other)).not.toBe(
      draft('technical_permanent', 'source_refused', null),
    )
  })
})

describe('what is said', () => {
  test('of a cause with a value, and of one without', () => {
    expect(businessDraft(1, cause)).toMatchObject({
      failureClass: 'business',
      title: 'Cost centre 4711 is inactive',
      detail: 'inactive in DE01',
      subject: { field: 'cost_centre', value: '4711' },
      entities: ['DE01'],
    })
    expect(businessDraft(1, { ...cause, code: 'dimension_missing', value: '' }).title).toBe('The Cost centre is missing')
    expect(businessDraft(1, { ...cause, value: '' }).title).toBe('Cost centre is inactive')
  })

  test('of more values than anybody reads', () => {
    expect(businessDraft(1, { ...cause, value: '', collapsed: true }).detail).toMatch(/^More than 200 different values/)
  })

  test('of a total: what the source states, what arrived, and the difference with its sign and currency', () => {
    const draft = claimDraft(1, claim, slices)
    expect(draft).toMatchObject({ failureClass: 'control', code: 'claimed_amount_differs', entities: ['DE01'], slices })
    expect(draft.title).toBe('The source states debit 100.00, the records add up to 99.99')
    expect(draft.detail).toBe('trailer states debit 100.00 EUR, the records have 99.99: a difference of 0.01')
    const surplus = claimDraft(
      1,
      { ...claim, measure: 'records', currency: null, claimed: '9', found: '10', difference: '-1' },
      slices,
    )
    expect(surplus).toMatchObject({ code: 'claimed_count_differs', title: 'The source states 9 records, 10 arrived' })
    expect(surplus.detail).toBe('trailer states records 9, the records have 10: a difference of -1')
  })

  test('of a balance: opening, movement and closing add up in the sentence itself', () => {
    const draft = claimDraft(1, rollForward, slices)
    expect(draft.title).toBe('Account 1000: opening 40.00 plus movement 100.00 is not the stated closing 150.00')
    expect(draft.detail).toContain('is 10.00 EUR')
    expect(draft.subject).toEqual({ measure: 'closing', account: '1000' })
  })

  test('of records that got lost', () => {
    const lost = {
      object_type: 'journal_line',
      entity: 'DE01',
      period: '2026-10',
      version: 'actual',
      currency: 'EUR',
      count_difference: 1,
      debit_difference: '5.00',
      credit_difference: '0.00',
    }
    const draft = conservationDraft(1, [lost, { ...lost, currency: 'USD' }], slices)
    expect(draft).toMatchObject({ failureClass: 'control', code: 'conservation_broken', entities: ['DE01'], slices })
    expect(draft.detail).toBe(
      'extracted minus accounted for: journal_line DE01 2026-10 actual EUR: 1 records, debit 5.00, credit 0.00; journal_line DE01 2026-10 actual USD: 1 records, debit 5.00, credit 0.00',
    )
    const many = Array.from({ length: 500 }, (_, i) => ({ ...lost, period: `${i}` }))
    expect(conservationDraft(1, many, slices).detail.split('; ')).toHaveLength(20)
  })
})

test.each([...Object.keys(BUSINESS_RULES), ...Object.keys(CONTROL_RULES)])('%s is told without a brace or a gap', (code) => {
  const facts = {
    field: 'Account',
    value: '4000',
    claimed: '1',
    found: '2',
    measure: 'records',
    account: '1000',
    opening: '1',
    movement: '2',
    closing: '3',
    job: 'Ledger',
    by: '2026-04-01 06:00',
    due: '2026-04-01 06:00',
    subject: 'DE02 S-8',
    statement: 'S-8',
    before: 'S-7',
    number: '8',
    what: 'number 8',
    reference: 'BR-1',
  }
  const { title, technical, action } = { ...BUSINESS_RULES, ...CONTROL_RULES }[code as BusinessCode]
  expect(sentence(title, facts)).not.toMatch(/[{}]| {2}|undefined/)
  expect([technical, action].every((text) => /^[A-Zv].*\.$/.test(text) || /^extracted/.test(text))).toBe(true)
})
