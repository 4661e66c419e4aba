import { TechnicalError } from '#server/domain/errors.ts'
import type { Connector } from './connector.ts'
import { folder } from './folder/folder.ts'
import { httpJson } from './http-json/http-json.ts'

/** Every connector by the type that a job names. Files that people hand over need none: see file/file.ts. */
export const connectors = { http: httpJson, folder } as const
export type ConnectorType = keyof typeof connectors

/** The connector of a type, ready for settings as a job holds them; null when there is none. */
export function findConnector(type: string): Connector<unknown> | null {
  switch (type) {
    case 'http':
      return checked(connectors.http)
    case 'folder':
      return checked(connectors.folder)
    default:
      return null
  }
}

/** Reads the settings before it extracts: whoever picks a connector by name cannot know their shape. */
function checked<Settings>({ type, settings: schema, extract }: Connector<Settings>): Connector<unknown> {
  return {
    type,
    settings: schema,
    async *extract(request) {
      const read = schema.safeParse(request.settings)
      if (!read.success) {
        // Names and reasons only; a value could be a secret that someone put in the wrong place.
        const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
        throw new TechnicalError('source_refused', `the settings of the source are not valid: ${problems.join('; ')}`)
      }
      yield* extract({ ...request, settings: read.data })
    },
  }
}
