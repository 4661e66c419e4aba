import { z } from 'zod'
import { OBJECT_TYPES } from './record.ts'
import { Expected, Schedule } from './schedule.ts'

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use small letters, digits and hyphens')
const Decimal = z.string().regex(/^\d+(\.\d+)?$/, 'write an amount in quotes, like "0.05"')

/** Where a canonical field comes from: a column, the first filled of several, a fixed value, or a date looked up in the entity's calendar. */
export const FieldSource = z.union([
  z
    .string()
    .min(1)
    .transform((column) => ({ column })),
  z.strictObject({ column: z.string().min(1) }),
  z.strictObject({ firstOf: z.array(z.string().min(1)).min(1) }),
  z.strictObject({ value: z.string() }),
  z.strictObject({ calendar: z.string().min(1) }),
])
export type FieldSource = z.infer<typeof FieldSource>

export const LINE_FIELDS = [
  'entity',
  'account',
  'cost_centre',
  'project',
  'counterparty',
  'currency',
  'period',
  'version',
  'accounting_status',
  'debit',
  'credit',
  'amount',
  'document',
  'description',
  'effective_on',
  'posted_on',
] as const
export type LineField = (typeof LINE_FIELDS)[number]
export const MEMBER_FIELDS = ['code', 'name', 'entity', 'valid_from', 'valid_to', 'status', 'currency'] as const
export type MemberField = (typeof MEMBER_FIELDS)[number]

export const DIMENSIONS = ['entity', 'account', 'cost_centre', 'project', 'counterparty'] as const
export type Dimension = (typeof DIMENSIONS)[number]
/** What source codes are translated for. */
export const MAPPED_DIMENSIONS = [...DIMENSIONS, 'currency', 'version', 'accounting_status'] as const
export type MappedDimension = (typeof MAPPED_DIMENSIONS)[number]
const FIELDS = [...LINE_FIELDS, ...MEMBER_FIELDS] as const

const System = z.strictObject({
  code: Name,
  name: z.string().min(1),
  kind: z.enum(['erp', 'planning', 'crm', 'billing', 'hcm', 'procurement', 'bank', 'warehouse', 'bi', 'middleware', 'file']),
  simulated: z.boolean().default(false),
})

/** Where what a run published is delivered to. Settings beyond these belong to the target, which checks them. */
const Target = z.looseObject({ name: Name, type: z.enum(['documents', 'file']), system: System })
export type JobTarget = z.infer<typeof Target>

/** A governed sync as versioned data. Read from YAML; a new entity or file needs no code. */
export const JobDefinition = z.strictObject({
  kind: z.literal('job').default('job'),
  job: Name,
  title: z.string().min(1),
  /** Who answers for it: a team or a sign-in. */
  owner: z.string().min(1),
  /** The finance process at risk when it fails. */
  process: z.string().default(''),
  system: System,
  /** Settings beyond `type` belong to the connector, which checks them. */
  source: z.looseObject({ type: z.enum(['file', 'folder', 'http']) }),
  /** Settings beyond `type` belong to the format, which checks them. */
  format: z.looseObject({ type: z.enum(['csv', 'xlsx', 'saf-t', 'json', 'camt053', 'mt940', 'bai2', 'ecb-rates']) }),
  objectType: z.enum(OBJECT_TYPES),
  /** Member types: where systems say different things of one member, this system's word counts. */
  systemOfRecord: z.literal(true).optional(),
  /** full: a line of these slices that the source no longer has is withdrawn. delta: what is not mentioned stays. */
  extract: z.enum(['delta', 'full']).default('delta'),
  mapping: z
    .strictObject({
      /** The columns that identify a line in its system for ever. */
      key: z.array(z.string().min(1)).min(1).optional(),
      fields: z.partialRecord(z.enum(FIELDS), FieldSource).default({}),
      /**
       * Source code -> canonical code, per dimension: the default where the governed mapping of the system says nothing.
       * A code that neither lists stands for itself.
       */
      codes: z.partialRecord(z.enum(MAPPED_DIMENSIONS), z.record(z.string(), z.string())).default({}),
      numbers: z
        .strictObject({ decimal: z.enum(['.', ',']).default('.'), group: z.enum(['', ',', '.', ' ', "'"]).default('') })
        .refine(({ decimal, group }) => decimal !== group, 'decimal and group must differ: 1,234 could be read either way')
        .prefault({}),
      dates: z.enum(['yyyy-mm-dd', 'dd.mm.yyyy', 'dd/mm/yyyy', 'mm/dd/yyyy', 'yyyymmdd']).default('yyyy-mm-dd'),
      /** Member types: further columns kept with the member. */
      attributes: z.array(z.string()).default([]),
    })
    .prefault({}),
  rules: z
    .strictObject({
      required: z.array(z.enum(LINE_FIELDS)).default(['entity', 'account', 'period', 'version', 'currency']),
      /** Dimensions whose codes must be members, active and valid on the line's date. */
      members: z.array(z.enum(DIMENSIONS)).default([]),
      /** Dimensions whose source codes must be mapped, by their system's mapping or by `codes`: here a code does not stand for itself. */
      mapped: z.array(z.enum(DIMENSIONS)).default([]),
      /** Debit equals credit per document and currency. */
      balanced: z.boolean().default(false),
      /** Lines count only when this column holds one of these. */
      approval: z.strictObject({ column: z.string(), accepted: z.array(z.string()).min(1) }).optional(),
      /** Accounting states the job may bring. */
      accountingStatus: z
        .array(z.enum(['preliminary', 'posted', 'adjusted', 'approved']))
        .min(1)
        .default(['preliminary', 'posted', 'adjusted', 'approved']),
      /** soft_closed periods accept late lines unless this says otherwise; closed ones never do. */
      softClosed: z.enum(['accept', 'reject']).default('accept'),
    })
    .prefault({}),
  /** Fields of a record that people may correct here; without it none. Which can be is asked at import: domain/correction.ts. */
  correctable: z.array(z.string().max(64)).min(1).max(30).optional(),
  /** Largest difference of a stated total accepted without a person, in units of its currency. Never excuses a missing record. */
  tolerance: z.strictObject({ absolute: Decimal.default('0') }).prefault({}),
  /**
   * What a rejected record or an account that does not roll forward does: hold the whole load, or keep those
   * records out and publish the rest. A load whose count or sums are not those the source states is held either way.
   */
  onFailure: z.enum(['hold', 'quarantine']).default('hold'),
  /** Who is told what it publishes. Their being down stops no run: deliveries follow by themselves. */
  targets: z.array(Target).max(10).optional(),
  /** When it runs by itself. Without it: when a person, a file or another job asks. */
  schedule: Schedule.optional(),
  /** Jobs whose data must be there first: their newest run published, and nothing of them due or under way. */
  after: z.array(Name).max(50).default([]),
  /** When data of it must have been published; from then on it is missing. */
  expected: Expected.optional(),
  /** Freshness target: the newest publication is not older than this. */
  freshHours: z.number().int().min(1).max(8_784).optional(),
  retry: z
    .strictObject({
      attempts: z.number().int().min(1).max(20).default(5),
      baseMs: z.number().int().min(10).max(3_600_000).default(2_000),
      maxMs: z.number().int().min(10).max(86_400_000).default(300_000),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .positive()
        .default(4 * 1024 ** 3),
    })
    .prefault({}),
})
export type JobDefinition = z.infer<typeof JobDefinition>
