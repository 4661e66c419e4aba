import type { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import { documents } from './documents/documents.ts'
import { fileTarget } from './file-target/file-target.ts'
import type { DocumentTarget, FileTarget, TargetRequest } from './target.ts'

/** Every target by the type that a job names. */
export const targets = { documents, file: fileTarget } as const
export type TargetType = keyof typeof targets

export type AnyTarget = DocumentTarget<unknown> | FileTarget<unknown>

/** The target of a type, ready for settings as a job holds them. */
export const findTarget = (type: TargetType): AnyTarget =>
  type === 'file' ? checkedFile(targets.file) : checkedDocuments(targets.documents)

function checkedDocuments<Settings>({ settings, open }: DocumentTarget<Settings>): DocumentTarget<unknown> {
  return { kind: 'documents', settings, open: (request) => open(checked(settings, request)) }
}

function checkedFile<Settings>({ settings, place, find, read }: FileTarget<Settings>): FileTarget<unknown> {
  return {
    kind: 'file',
    settings,
    place: async (request, ...rest) => place(checked(settings, request), ...rest),
    find: async (request, ...rest) => find(checked(settings, request), ...rest),
    read: (request, name) => read(checked(settings, request), name),
  }
}

/** Reads the settings before anything is asked: whoever picks a target by name cannot know their shape. */
function checked<Settings>(schema: z.ZodType<Settings>, request: TargetRequest<unknown>): TargetRequest<Settings> {
  const read = schema.safeParse(request.settings)
  if (read.success) return { ...request, settings: read.data }
  // Names and reasons only; a value could be a secret that someone put in the wrong place.
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new TechnicalError('target_refused', `the settings of the target are not valid: ${problems.join('; ')}`)
}
