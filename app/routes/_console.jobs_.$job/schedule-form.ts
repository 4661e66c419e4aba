import { z } from 'zod'
import { Refusal } from '#server/domain/errors.ts'
import { Schedule } from '#server/domain/schedule.ts'

/** The fields of a schedule, as an address or a form carries them. */
export const ScheduleFields = {
  kind: z.enum(['cron', 'close', 'none']).optional(),
  cron: z.string().max(100).optional(),
  timeZone: z.string().max(60).optional(),
  workingDay: z
    .string()
    .regex(/^-?\d{1,2}$/, 'Write a working day as 2, or as -1 for the last one')
    .optional(),
  at: z.string().max(5).optional(),
  calendar: z.string().max(64).optional(),
  missed: z.enum(['once', 'skip', 'raise']).optional(),
}
type Fields = z.infer<z.ZodObject<typeof ScheduleFields>>

export type Asked = {
  readonly kind: 'cron' | 'close' | 'none'
  readonly fields: Omit<Fields, 'kind'>
  /** Null where it is not complete, or where nothing is to start it. */
  readonly schedule: Schedule | null
  readonly problems: readonly string[]
}

/** What the dialog is about: what was entered, or the schedule as it stands. */
export function scheduleAsked(search: Fields, current: Schedule | null): Asked {
  const kind = search.kind ?? (current === null ? 'cron' : 'cron' in current ? 'cron' : 'close')
  const isEntered = search.cron !== undefined || search.workingDay !== undefined
  const fields = isEntered ? search : { ...fieldsOf(current, kind), ...(search.missed && { missed: search.missed }) }
  if (kind === 'none' || (kind === 'cron' ? !fields.cron : !fields.workingDay))
    return { kind, fields, schedule: null, problems: [] }
  const parsed = Schedule.safeParse(rawOf(kind, fields))
  return parsed.success
    ? { kind, fields, schedule: parsed.data, problems: [] }
    : { kind, fields, schedule: null, problems: problemsOf(kind, fields) }
}

/** The schedule a form was sent with; null: nothing starts it by itself. Throws Refusal (schedule_invalid). */
export function scheduleOf({ kind = 'cron', ...fields }: Fields): Schedule | null {
  if (kind === 'none') return null
  const parsed = Schedule.safeParse(rawOf(kind, fields))
  if (!parsed.success) throw new Refusal('schedule_invalid', problemsOf(kind, fields).join('; '))
  return parsed.data
}

function rawOf(kind: 'cron' | 'close', { cron, timeZone, workingDay, at, calendar, missed }: Omit<Fields, 'kind'>) {
  const both = { ...(timeZone && { timeZone }), ...(missed && { missed }) }
  return kind === 'cron' ? { cron, ...both } : { workingDay: Number.parseInt(workingDay ?? '', 10), at, calendar, ...both }
}

/** A union says only that neither fits, so the one that was meant is asked. */
function problemsOf(kind: 'cron' | 'close', fields: Omit<Fields, 'kind'>): string[] {
  const meant = Schedule.options[kind === 'cron' ? 0 : 1].safeParse(rawOf(kind, fields))
  return meant.success ? [] : meant.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

function fieldsOf(current: Schedule | null, kind: Asked['kind']): Omit<Fields, 'kind'> {
  if (!current) return { timeZone: kind === 'cron' ? 'UTC' : undefined, at: '06:00', calendar: 'months', missed: 'once' }
  const { missed, timeZone } = current
  if ('cron' in current) return { cron: current.cron, timeZone, missed, at: '06:00', calendar: 'months' }
  return { workingDay: `${current.workingDay}`, at: current.at, calendar: current.calendar, timeZone, missed }
}
