import type { Params } from '@remix-run/react'
import { z } from 'zod'

/** What a person sent is not what was asked for. `fields` says what is wrong with which field. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
  constructor(
    /** 422: correct it. 404: there can be nothing at such an address. 415: not a form of ours. */
    readonly status: 404 | 415 | 422,
    readonly fields: Readonly<Record<string, string>>,
  ) {
    super('Something entered is not valid')
  }
}

/** The fields of a form, checked. Only plain forms: a file has its own, bounded reader (upload.ts). Throws InvalidInput. */
export async function readForm<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.infer<Schema>> {
  // Remix would read a multipart body of any length into memory.
  if (!request.headers.get('Content-Type')?.startsWith('application/x-www-form-urlencoded')) {
    throw new InvalidInput(415, { form: 'Send it as a plain form' })
  }
  return checked(await request.formData(), schema, 422)
}

/** The search of an address, checked; what is empty is as if it were not there. Throws InvalidInput. */
export const readSearch = <Schema extends z.ZodType>(url: URL, schema: Schema): z.infer<Schema> =>
  checked(url.searchParams, schema, 422)

/** The parts of an address: what has the wrong shape cannot be there. Throws InvalidInput. */
export function readParams<Schema extends z.ZodType>(params: Params, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(params)
  if (!parsed.success) throw new InvalidInput(404, {})
  return parsed.data
}

/** The number of a run, a line, an artifact: 1 to 9 digits. */
export const Id = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .transform((text) => Number.parseInt(text, 10))
/** Where a page begins; ids of lines and rejected records are longer. */
export const Key = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform((text) => Number.parseInt(text, 10))

/** A day of the calendar, as ISO 8601 writes it. */
export const Day = z.iso.date('Write a date as 2026-11-21')

function checked<Schema extends z.ZodType>(pairs: FormData | URLSearchParams, schema: Schema, status: 422): z.infer<Schema> {
  const values: Record<string, string> = {}
  pairs.forEach((value, name) => {
    if (typeof value === 'string' && value.trim() !== '') values[name] ??= value.trim()
  })
  const fields: Record<string, string> = {}
  // PostgreSQL keeps no zero byte, and no keyboard makes one.
  for (const [name, value] of Object.entries(values))
    if (value.includes('\0')) fields[name] = 'There is a character in it that cannot be kept'
  if (Object.keys(fields).length > 0) throw new InvalidInput(status, fields)
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) fields[issue.path.join('.') || 'form'] ??= wordsOf(issue)
  throw new InvalidInput(status, fields)
}

/** A schema that says nothing of its own would speak of types and options; a person is told which field it is. */
export function wordsOf(issue: z.core.$ZodIssue): string {
  const { path, message } = issue
  const field = path.join(' ')
  if (issue.code === 'too_big' && issue.origin === 'string' && message.startsWith('Too big'))
    return `“${field}” is too long: at most ${issue.maximum.toLocaleString('en')} characters`
  if (!message.startsWith('Invalid')) return message
  return field ? `“${field}” is missing or is not one of the choices` : 'This form is not one of ours'
}
