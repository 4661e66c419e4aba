import { describe, expect, test } from 'vitest'
import { JobDefinition } from '../job.ts'
import type { ObjectType } from '../record.ts'
import { compileMemberJudge } from './map-member.ts'

const jobOf = (objectType: ObjectType, mapping: object = {}) =>
  JobDefinition.parse({
    job: 'members',
    title: 'Members',
    owner: 'finance-operations',
    system: { code: 'erp', name: 'ERP', kind: 'erp' },
    source: { type: 'file' },
    format: { type: 'csv' },
    objectType,
    mapping,
  })

function judged(
  record: Readonly<Record<string, string>>,
  mapping: object = {},
  objectType: ObjectType = 'cost_centre',
  job = jobOf(objectType, mapping),
) {
  return compileMemberJudge(job, objectType, Object.keys(record))(Object.values(record))
}

test('a member with everything, and one with its code alone', () => {
  const full = {
    code: '4200',
    name: 'Dairy',
    entity: 'DE01',
    valid_from: '2026-01-01',
    valid_to: '2026-12-31',
    status: 'active',
    currency: 'EUR',
  }
  expect(judged(full)).toEqual({
    member: {
      code: '4200',
      name: 'Dairy',
      entity: 'DE01',
      validFrom: '2026-01-01',
      validTo: '2026-12-31',
      isActive: true,
      currency: 'EUR',
      attributes: {},
    },
    sourceKey: 'DE01|4200|2026-01-01',
    findings: null,
  })
  expect(judged({ code: '4200' })).toEqual({
    member: { code: '4200', name: '4200', entity: '', validFrom: '', validTo: '', isActive: true, currency: '', attributes: {} },
    sourceKey: '|4200|',
    findings: null,
  })
})

test('fields of other names, fixed ones, dates of another style and instants', () => {
  const mapping = { fields: { code: 'nr', entity: { value: 'DE01' }, valid_from: 'ab' }, dates: 'dd.mm.yyyy' }
  expect(judged({ nr: '4200', ab: '01.02.2026' }, mapping).member).toMatchObject({
    code: '4200',
    entity: 'DE01',
    validFrom: '2026-02-01',
  })
  expect(judged({ nr: '4200', ab: '2026-02-01T10:00:00Z' }, mapping).member.validFrom).toBe('2026-02-01')
})

test.each(['inactive', 'Closed', 'BLOCKED', 'disabled', 'false', 'no', 'N', '0', 'x'])('the status %s is inactive', (status) => {
  expect(judged({ code: '1', status }).member.isActive).toBe(false)
})

test.each(['', 'active', 'open', 'true', 'yes', '1'])('the status "%s" is active', (status) => {
  expect(judged({ code: '1', status }).member.isActive).toBe(true)
})

test('further columns are kept when the job asks for them, and always the calendar of an entity', () => {
  const record = { code: 'US', region: 'west', colour: '', secret: 's', calendar: 'retail' }
  expect(judged(record, { attributes: ['region', 'colour'] }, 'entity').member.attributes).toEqual({
    region: 'west',
    calendar: 'retail',
  })
})

test('in a file of several kinds of records the mapping is about its own kind only, and the rest keeps all it has', () => {
  const job = jobOf('journal_line', { key: ['id'], fields: { code: 'another', entity: { value: 'XX' } } })
  expect(judged({ code: '4000', name: 'Revenue', group: 'P&L' }, {}, 'account', job).member).toMatchObject({
    code: '4000',
    entity: '',
    attributes: { group: 'P&L' },
  })
})

describe('why a member does not pass', () => {
  test('no code: no key either', () => {
    expect(judged({ code: ' ', name: 'Nameless' })).toMatchObject({
      sourceKey: '',
      findings: [{ code: 'source_key_missing', field: 'code', detail: 'the cost_centre has no code' }],
    })
  })

  test('a currency that is none', () => {
    expect(judged({ code: '1', name: 'One', currency: 'EURO' }).findings).toEqual([
      { code: 'currency_unknown', field: 'currency', value: 'EURO', detail: 'cost_centre 1 One' },
    ])
  })

  test('dates that are none: the member is not valid for ever instead', () => {
    const { member, findings } = judged({ code: '1', valid_from: '2026-02-30', valid_to: 'never' })
    expect(findings?.map(({ code, field }) => [code, field])).toEqual([
      ['date_malformed', 'valid_from'],
      ['date_malformed', 'valid_to'],
    ])
    expect([member.validFrom, member.validTo]).toEqual(['', ''])
  })
})
