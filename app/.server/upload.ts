import type { z } from 'zod'
import { Refusal } from '#server/domain/errors.ts'
import { InvalidInput, wordsOf } from './forms.ts'
import { gather, readParts, type Part } from './multipart.ts'

export type Upload<Fields> = { readonly fields: Fields; readonly name: string; readonly bytes: AsyncIterable<Uint8Array> }

const FIELD_BYTES_MAX = 10_000

/**
 * A form with one file, which is handed over while it still arrives: it is never whole in memory. The fields must stand before
 * the file. Throws InvalidInput, Refusal (file_not_given) and what `take` throws.
 */
export async function readUpload<Schema extends z.ZodType, Result>(
  request: Request,
  schema: Schema,
  take: (upload: Upload<z.infer<Schema>>) => Promise<Result>,
): Promise<Result> {
  const values: Record<string, string> = {}
  for await (const { name, filename, data } of readParts(request)) {
    if (filename === undefined) values[name] = await readField(data)
    else if (filename !== '') return await take({ fields: checked(values, schema), name: filename, bytes: data })
  }
  throw new Refusal('file_not_given')
}

export type SmallFile = { readonly name: string; readonly bytes: Uint8Array }

/**
 * A form that may have one small file, which is handed over whole; null where none was chosen. A larger one is cut off one byte past
 * the bound: whoever takes it refuses it in its own words. Throws InvalidInput.
 */
export async function readFormWithFile<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  maxBytes: number,
): Promise<{ readonly fields: z.infer<Schema>; readonly file: SmallFile | null }> {
  const values: Record<string, string> = {}
  let file: SmallFile | null = null
  for await (const { name, filename, data } of readParts(request)) {
    if (filename === undefined) values[name] = await readField(data)
    else if (filename !== '' && file === null) file = { name: filename, bytes: await upTo(data, maxBytes + 1) }
  }
  return { fields: checked(values, schema), file }
}

async function upTo(data: Part['data'], maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const piece of data) {
    parts.push(piece)
    size += piece.length
    if (size >= maxBytes) break
  }
  return Buffer.concat(parts).subarray(0, maxBytes)
}

/** A small text file, whole. Throws Refusal (input_invalid) when it is longer, or no text. */
export async function readText(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > maxBytes) throw new Refusal('input_invalid', `the file is larger than ${maxBytes.toLocaleString('en')} bytes`)
    parts.push(piece)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch {
    throw new Refusal('input_invalid', 'the file is not text in UTF-8')
  }
}

const readField = async (data: Part['data']) =>
  (await gather(data, FIELD_BYTES_MAX, 'A field is too long')).toString('utf8').trim()

function checked<Schema extends z.ZodType>(values: Record<string, string>, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')))
  if (parsed.success) return parsed.data
  throw new InvalidInput(
    422,
    Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.') || 'form', wordsOf(issue)])),
  )
}
