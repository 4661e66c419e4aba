import { TechnicalError } from '#server/domain/errors.ts'
import { baseAddress } from '../http-address.ts'
import type { HttpJsonSettings } from './settings.ts'

type Addressed = Pick<HttpJsonSettings, 'url' | 'baseFrom' | 'parameters'>

/** The address of the first page: below the one its environment names, with the parameters of the job filled in. */
export function firstAddress({ url, baseFrom, parameters }: Addressed, credential: (name: string) => string | undefined): URL {
  const base = baseFrom === undefined ? '' : baseAddress(baseFrom, credential(baseFrom)?.trim() ?? '')
  const filled =
    base +
    url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name]! : ''
      // '..' would walk to another endpoint: the encoding leaves dots alone and the URL parser obeys them.
      if (value === '' || /^\.{1,2}$/.test(value)) {
        throw new TechnicalError(
          'source_endpoint_unknown',
          `the address needs {${name}}, for which the job gives no usable value`,
        )
      }
      return encodeURIComponent(value)
    })
  return new URL(filled)
}

/** Sets query parameters. Not URLSearchParams: it writes a blank as '+', which OData sources refuse, and rewrites the rest. */
export function withQuery(address: URL, parameters: Readonly<Record<string, string>>): URL {
  const kept = address.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !Object.hasOwn(parameters, nameOf(part)))
  const added = Object.entries(parameters).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  const result = new URL(address)
  result.search = [...kept, ...added].join('&')
  return result
}

const nameOf = (part: string): string => {
  const name = part.split('=', 1)[0]!.replaceAll('+', ' ')
  try {
    return decodeURIComponent(name)
  } catch {
    return name // A stray % in a source's own link: then the raw name is the name.
  }
}

/** Path and query as people may see them. `cursorParameter` is shown although it may be called pageToken. */
export function nameOfPage(address: URL, cursorParameter: string | null): string {
  const query = address.search
    .slice(1)
    .split('&')
    .filter(Boolean)
    .map((part) => {
      const name = nameOf(part)
      return name !== cursorParameter && SECRET_PARAMETERS.test(name) ? `${part.split('=', 1)[0]}=***` : part
    })
  return address.pathname + (query.length ? `?${query.join('&')}` : '')
}

const SECRET_PARAMETERS = new RegExp(
  '^((access|auth|id|refresh|bearer)?[_-]?token|(x-)?(api|access|subscription)?[_-]?key|sig|auth(orization)?|jwt|' +
    'session([_-]?id)?|x-amz-security-token|.*(secret|password|passwd|pwd|signature|credential))$',
  'i',
)
