import { InvalidInput } from './forms.ts'

export type Part = {
  readonly name: string
  /** Of a file, as the browser sent it, without the folders before it; empty where none was chosen. */
  readonly filename: string | undefined
  readonly data: AsyncIterable<Uint8Array>
}

const HEAD_BYTES_MAX = 16 * 1024
const PARTS_MAX = 1_000
const BLANK_LINE = Buffer.from('\r\n\r\n')

/**
 * The parts of a form in their order (RFC 7578), each while it arrives: nothing is held but what stands around a boundary. What nobody
 * takes is read off to its end, because a browser hears no answer before it has sent everything. Throws InvalidInput.
 */
export async function* readParts(request: Request): AsyncGenerator<Part> {
  const [, quoted, plain] = /^multipart\/form-data;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(typeOf(request)) ?? []
  const boundary = quoted ?? plain
  if (!boundary || !request.body) throw new InvalidInput(415, { form: 'Send it as a form with a file' })
  const bytes = bytesOf(request.body)
  const mark = Buffer.from(`\r\n--${boundary}`)
  try {
    bytes.startWith('\r\n')
    for await (const _ of bytes.until(mark));
    for (let count = 0; (await bytes.take(2)) === '\r\n'; count++) {
      if (count === PARTS_MAX) throw new InvalidInput(422, { form: 'The form has too many fields' })
      // A part without a head begins with the blank line.
      bytes.startWith('\r\n')
      const head = await gather(bytes.until(BLANK_LINE), HEAD_BYTES_MAX, 'The name of a field or of the file is too long')
      let isOver = false
      const data = async function* () {
        yield* bytes.until(mark)
        isOver = true
      }
      yield { ...namesIn(head.toString('utf8')), data: data() }
      if (!isOver) for await (const _ of data());
    }
  } finally {
    await bytes.drop()
  }
}

/** What is read, whole. Throws InvalidInput past the bound. */
export async function gather(data: AsyncIterable<Uint8Array>, bytesMax: number, tooLong: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const piece of data) {
    size += piece.length
    if (size > bytesMax) throw new InvalidInput(422, { form: tooLong })
    parts.push(piece)
  }
  return Buffer.concat(parts)
}

const typeOf = (request: Request) => request.headers.get('Content-Type') ?? ''

/** Browsers put names in quotes and write a quote inside of one as %22, as the standard of HTML has it; others write \". */
const PARAMETER = /;\s*(\w+\*?)=(?:"((?:\\"|[^"])*)"|([^\s;]*))/g

function namesIn(head: string): Pick<Part, 'name' | 'filename'> {
  const disposition = /^content-disposition:\s*form-data\s*(;[^\r\n]*)/im.exec(head)?.[1] ?? ''
  const named = new Map<string, string>()
  for (const [, key = '', quoted, plain = ''] of disposition.matchAll(PARAMETER))
    named.set(key.toLowerCase(), quoted?.replace(/\\"|%22/g, '"') ?? plain)
  const name = named.get('name')
  if (!name || head.includes('\0')) throw new InvalidInput(422, { form: 'The form cannot be read: send it again' })
  return { name, filename: named.get('filename')?.split(/[/\\]/).pop() }
}

function bytesOf(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  let held: Buffer = Buffer.alloc(0)
  const more = async () => {
    const { done, value } = await reader.read()
    if (done) throw new InvalidInput(422, { form: 'It did not arrive whole: send it again' })
    held = held.length > 0 ? Buffer.concat([held, value]) : Buffer.from(value.buffer, value.byteOffset, value.length)
  }
  const cut = (length: number) => {
    const piece = held.subarray(0, length)
    held = held.subarray(length)
    return piece
  }
  return {
    startWith(text: string) {
      held = Buffer.concat([Buffer.from(text), held])
    },
    async take(length: number): Promise<string> {
      while (held.length < length) await more()
      return cut(length).toString('latin1')
    },
    /** All before the mark, which is left out. Whoever stops in between goes on by asking again. */
    async *until(mark: Buffer): AsyncGenerator<Uint8Array> {
      for (;;) {
        const at = held.indexOf(mark)
        const piece = cut(at >= 0 ? at : Math.max(held.length - mark.length + 1, 0))
        if (piece.length > 0) yield piece
        if (at < 0) await more()
        else return void cut(mark.length)
      }
    },
    async drop() {
      held = Buffer.alloc(0)
      while (!(await reader.read()).done);
    },
  }
}
