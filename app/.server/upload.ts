import { unstable_parseMultipartFormData as parseMultipart } from '@remix-run/node'
import { z } from 'zod'
import { Refusal } from '#server/domain/errors.ts'
import { InvalidInput } from './forms.ts'

export type Upload<Fields> = { readonly fields: Fields; readonly name: string; readonly bytes: AsyncIterable<Uint8Array> }

const FIELD_BYTES_MAX = 10_000
/** What is left of a refused upload is read off, so that the browser hears the answer; beyond this it is cut off. */
const DRAIN_BYTES_MAX = 64 * 1024 * 1024

/**
 * A form with one file, which is handed over while it still arrives: it is never whole in memory. The fields must stand before
 * the file. Throws InvalidInput, Refusal (file_not_given) and what `take` throws.
 */
export async function readUpload<Schema extends z.ZodType, Result>(
  request: Request,
  schema: Schema,
  take: (upload: Upload<z.infer<Schema>>) => Promise<Result>,
): Promise<Result> {
  if (!request.headers.get('Content-Type')?.startsWith('multipart/form-data')) throw new InvalidInput(415, { form: 'Send it as a form with a file' })
  const values: Record<string, string> = {}
  let outcome: { result: Result } | { error: unknown } | null = null
  await parseMultipart(request, async ({ name, filename, data }) => {
    const pieces = data[Symbol.asyncIterator]()
    if (filename === undefined) {
      values[name] = await readField(pieces)
    } else if (filename !== '' && outcome === null) {
      // Whoever stops reading early must not end the stream: the rest is read off below.
      const bytes = { [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) }
      outcome = await attempt(async () => take({ fields: checked(values, schema), name: filename, bytes }))
    }
    await drain(pieces)
    return null
  })
  const ended = outcome as { result: Result } | { error: unknown } | null
  if (ended === null) throw new Refusal('file_not_given')
  if ('error' in ended) throw ended.error
  return ended.result
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

async function attempt<Result>(work: () => Promise<Result>): Promise<{ result: Result } | { error: unknown }> {
  try {
    return { result: await work() }
  } catch (error) {
    return { error }
  }
}

async function readField(pieces: AsyncIterator<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    size += next.value.length
    if (size > FIELD_BYTES_MAX) throw new InvalidInput(422, { form: 'A field is too long' })
    parts.push(next.value)
  }
  return Buffer.concat(parts).toString('utf8').trim()
}

async function drain(pieces: AsyncIterator<Uint8Array>): Promise<void> {
  let size = 0
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    size += next.value.length
    if (size > DRAIN_BYTES_MAX) throw new InvalidInput(422, { form: 'The file was refused' })
  }
}

function checked<Schema extends z.ZodType>(values: Record<string, string>, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')))
  if (parsed.success) return parsed.data
  throw new InvalidInput(422, Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.') || 'form', issue.message])))
}
