/** A file of evidence, whole. What is larger belongs into an archive, and its hash into the explanation. */
export const EVIDENCE_BYTES_MAX = 5_000_000
export const EVIDENCE_FILES_MAX = 50
const NAME_CHARS_MAX = 100

type Kind = { readonly extensions: readonly string[]; readonly mediaType: string; readonly begins: readonly number[] | null }

/** What is taken, and how such a file begins; null: text, which has no zero byte. What a browser says of a file is not asked. */
const KINDS: readonly Kind[] = [
  { extensions: ['pdf'], mediaType: 'application/pdf', begins: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { extensions: ['png'], mediaType: 'image/png', begins: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { extensions: ['jpg', 'jpeg'], mediaType: 'image/jpeg', begins: [0xff, 0xd8, 0xff] },
  {
    extensions: ['xlsx'],
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    begins: [0x50, 0x4b, 0x03, 0x04],
  },
  {
    extensions: ['docx'],
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    begins: [0x50, 0x4b, 0x03, 0x04],
  },
  { extensions: ['csv'], mediaType: 'text/csv', begins: null },
  { extensions: ['txt'], mediaType: 'text/plain', begins: null },
  { extensions: ['eml'], mediaType: 'message/rfc822', begins: null },
]
export const EVIDENCE_EXTENSIONS = KINDS.flatMap(({ extensions }) => extensions)

export type EvidenceFile = { readonly name: string; readonly mediaType: string }

/** The file as it is kept, or why it is not taken. */
export function judgeEvidenceFile(givenName: string, bytes: Uint8Array): EvidenceFile | { readonly refused: string } {
  const name = cleanFileName(givenName)
  if (bytes.length === 0) return { refused: `${name} is empty` }
  if (bytes.length > EVIDENCE_BYTES_MAX) return { refused: tooLarge(name) }
  const extension = name.split('.').at(-1)?.toLowerCase() ?? ''
  const kind = KINDS.find(({ extensions }) => name.includes('.') && extensions.includes(extension))
  if (!kind) return { refused: `${name} is none of ${EVIDENCE_EXTENSIONS.join(', ')}` }
  const fits = kind.begins ? kind.begins.every((byte, i) => bytes[i] === byte) : !bytes.includes(0)
  return fits
    ? { name, mediaType: kind.mediaType }
    : { refused: `${name} is not what its name says: it does not begin like ${extension}` }
}

export const tooLarge = (name: string): string => `${name} is larger than ${EVIDENCE_BYTES_MAX / 1_000_000} MB`

/** A name that is safe on any disk: no folders, nothing that does not show, nothing that turns the writing round. */
export function cleanFileName(given: string): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
  const [, stem = plain, extension = ''] = /^(.*?)(\.[^.]{1,10})?$/su.exec(plain) ?? []
  return `${[...stem].slice(0, NAME_CHARS_MAX - extension.length).join('')}${extension}` || 'file'
}
