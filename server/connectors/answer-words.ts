import type { Said, Vendor } from '#server/domain/failure-names/said.ts'

type Words = { readonly codes: string[]; readonly texts: string[] }
/** What an answer is made of, as it arrived. */
export type Answer = { readonly status: number; readonly body: string }

const DEPTH_MAX = 8
const WORDS_MAX = 20
const WORD_MAX_CHARACTERS = 500

/** The codes and sentences of an error answer, in its order. An answer without a form of its own says nothing but its status. */
export function saidIn(vendor: Vendor, { status, body }: Answer): Said {
  const words: Words = { codes: [], texts: [] }
  const text = body.trim()
  if (/^[[{]/.test(text)) collect(parsed(text), words, 0)
  else if (/^<\?xml|^<[\w-]+:?(Envelope|Fault|errors|response)\b/.test(text)) collectXml(text, words)
  else if (text !== '' && text.length <= WORD_MAX_CHARACTERS && !text.startsWith('<')) words.texts.push(text)
  return { vendor, status, ...words }
}

/** The same for an answer that calls itself a success; null where it is one. */
export function refusalIn(vendor: Vendor, { status, body }: Answer): Said | null {
  const text = body.trim()
  if (text.startsWith('<')) {
    if (!isRefusedXml(text)) return null
    const words: Words = { codes: [], texts: [] }
    collectXml(text, words)
    return { vendor, status, ...words }
  }
  return refusalInJson(vendor, status, parsed(text))
}

export function refusalInJson(vendor: Vendor, status: number, body: unknown): Said | null {
  const found = isRecord(body) || Array.isArray(body) ? (REFUSED_AS_SUCCESS[vendor]?.(body) ?? null) : null
  return found && { vendor, status, codes: found.codes, texts: found.texts }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value)
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Who says 200 or 201 and means no. Contract cards of each vendor. */
const REFUSED_AS_SUCCESS: Partial<Record<Vendor, (body: unknown) => Words | null>> = {
  oracle(body) {
    if (at(body, 'ReqstId') === '-1') return { codes: ['ReqstId -1'], texts: [] }
    const item = first(at(body, 'items'))
    const detail = at(item, 'ErrorDetail')
    if (typeof detail === 'string' && detail !== '') return { codes: ['ErrorDetail'], texts: [detail] }
    const status = at(item, 'RequestStatus')
    if (typeof status !== 'string') return null
    if (status.startsWith('{')) return rejectedChild(parsed(status))
    return ['ERROR', 'ERROR MANUAL RECOVERY', 'EXPIRED', 'VALIDATION FAILED', 'CANCELED', 'WARNING'].includes(status)
      ? { codes: [`ESS/${status}`], texts: [] }
      : null
  },
  anaplan: (body) => {
    const result = at(body, 'task', 'result')
    return at(result, 'successful') === false ? walked(result, ['task/unsuccessful']) : null
  },
  kinaxis(body) {
    const status = at(body, 'Results', 'Status')
    if (status === 'Partial Success' || status === 'Failure') return walked(body, [status])
    const sheet = first(at(body, 'Worksheets'))
    const rows = at(sheet, 'ErrorRowCount')
    return typeof rows === 'number' && rows > 0 ? walked(sheet, ['ErrorRowCount']) : null
  },
  dynamics: (body) => {
    const value = at(body, 'value')
    return value === 'PartiallySucceeded' || value === 'Failed' ? { codes: [value], texts: [] } : null
  },
  powerbi(body) {
    const newest = first(at(body, 'value'))
    const reason = at(newest, 'serviceExceptionJson')
    if (at(newest, 'status') !== 'Failed') return null
    return typeof reason === 'string' ? walked(parsed(reason), []) : { codes: [], texts: ['Failed'] }
  },
  tryton: (body) => {
    const error = at(body, 'error')
    if (!Array.isArray(error)) return null
    const [kind, text]: unknown[] = [error[0], first(error[1])]
    return { codes: typeof kind === 'string' ? [kind] : [], texts: typeof text === 'string' ? [text] : [] }
  },
  snowflake: (body) => {
    const columns = at(body, 'resultSetMetaData', 'rowType')
    const status = Array.isArray(columns) ? columns.findIndex((column) => at(column, 'name') === 'STATUS') : -1
    const row = first(at(body, 'data'))
    const said: unknown = Array.isArray(row) ? row[status] : null
    return said === 'PARTIALLY LOADED' || said === 'LOAD FAILED' ? { codes: [said], texts: [] } : null
  },
  salesforce: (body) =>
    Array.isArray(body) && body.some((one) => at(one, 'success') === false)
      ? walked(
          body.filter((one) => at(one, 'success') === false),
          [],
        )
      : null,
}

function rejectedChild(tree: unknown): Words | null {
  const job = at(tree, 'JOBS') ?? tree
  const [name, status] = [at(job, 'JOBNAME'), at(job, 'STATUS')]
  if (typeof name === 'string' && status === 'WARNING') return { codes: [`${name}/WARNING`], texts: [] }
  const children = at(job, 'CHILD')
  for (const child of Array.isArray(children) ? children : []) {
    const found = rejectedChild(child)
    if (found) return found
  }
  return null
}

function walked(value: unknown, codes: string[]): Words {
  const words: Words = { codes, texts: [] }
  collect(value, words, 0)
  return words
}

/** Where the error forms of the vendors say a code, and where a sentence. */
const CODES = ['code', 'errorCode', 'o:errorCode', 'decline_code', 'sqlState', 'statusCode', 'type', 'error', 'errorcode']
const TEXTS = [
  'message',
  'Message',
  'value',
  'detail',
  'title',
  'error_description',
  'localMessageText',
  'failureMessageDetails',
  'error',
]

function collect(value: unknown, words: Words, depth: number): void {
  if (depth > DEPTH_MAX || words.codes.length + words.texts.length > WORDS_MAX) return
  if (Array.isArray(value)) {
    for (const one of value) {
      if (typeof one === 'string') addText(words, one)
      else collect(one, words, depth + 1)
    }
    return
  }
  if (!isRecord(value)) return
  // A BAPI says class and number apart.
  if (typeof value.ID === 'string' && typeof value.NUMBER === 'string') words.codes.push(`${value.ID}/${value.NUMBER}`)
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'string') {
      if (CODES.includes(name) && isCode(inner)) words.codes.push(inner)
      else if (TEXTS.includes(name) || name === 'MESSAGE') addText(words, inner)
    } else if (name === 'errors' && isRecord(inner)) {
      words.codes.push('errors by field')
      for (const texts of Object.values(inner)) collect(texts, words, depth + 1)
    } else collect(inner, words, depth + 1)
  }
}

const isCode = (text: string): boolean => text !== '' && text.length <= 80 && !/\s/.test(text) && !/^https?:/.test(text)

/** An Infolog tells several things in one text: each is a sentence of its own. */
function addText({ texts }: Words, text: string): void {
  const parts = text.includes('Infolog:') ? text.slice(text.indexOf('Infolog:') + 8).split(';') : [text]
  for (const part of parts) {
    const plain = part.replace(/^\s*(Warning|Error|Info):/, '').trim()
    if (plain !== '') texts.push(plain.slice(0, WORD_MAX_CHARACTERS))
  }
}

const element = (name: string) => new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^>]*)?>([^<]*)</`, 'g')
const CODE_ELEMENTS = ['faultcode', 'TypeID', 'code', 'errorCode'].map(element)
const TEXT_ELEMENTS = ['faultstring', 'Message', 'Detail_Message', 'message', 'error', 'Note'].map(element)

function collectXml(xml: string, { codes, texts }: Words): void {
  for (const found of CODE_ELEMENTS.flatMap((pattern) => [...xml.matchAll(pattern)])) codes.push(codeOfType(plainXml(found[1]!)))
  // A fault of NetSuite is an element of its own name.
  for (const [, name] of xml.matchAll(/<(?:[\w-]+:)?(\w+Fault)\b/g)) if (name !== 'Validation_Fault') codes.push(name!)
  for (const [, key] of xml.matchAll(/<message\s+key="([^"]*)"/g)) codes.push(plainXml(key!))
  for (const found of TEXT_ELEMENTS.flatMap((pattern) => [...xml.matchAll(pattern)])) {
    const text = plainXml(found[1]!)
    if (text !== '') texts.push(text.slice(0, WORD_MAX_CHARACTERS))
  }
}

const isRefusedXml = (xml: string): boolean =>
  /<response\b[^>]*\bsuccess="false"/.test(xml) ||
  /<(?:[\w-]+:)?MaximumLogItemSeverityCode>\s*[3-9]/.test(xml) ||
  /<(?:[\w-]+:)?Fault\b/.test(xml)

/** SOAP of SAP writes 201(F5), everybody else F5/201. */
const codeOfType = (code: string): string => code.replace(/^(\d{3})\(([^)]+)\)$/, '$2/$1')

const plainXml = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .trim()
