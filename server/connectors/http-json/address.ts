import { lookup as resolveName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { TechnicalError } from '#server/domain/errors.ts'
import { addressProblem, type HttpJsonSettings } from './settings.ts'

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

function baseAddress(variable: string, address: string): string {
  if (address === '') throw new TechnicalError('credential_missing', `${variable} is not set`)
  const problem = addressProblem(address) ?? (/[?#]/.test(address) ? 'an address to go on from has no ? and no #' : null)
  if (problem) throw new TechnicalError('source_endpoint_unknown', `${variable} is not usable: ${problem}`)
  return address.replace(/\/+$/, '')
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

/** Takes the token out of any text. Cut text to length after this, never before: half a token is a leak too. */
export function redactor(token: string | null): (text: string) => string {
  if (token === null) return (text) => text
  const forms = [...new Set([token, encodeURIComponent(token)])]
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, '***'), text)
}

/**
 * Addresses that no job may reach. A cloud's metadata service hands the machine's own credentials to whoever asks from
 * inside, so the link-local range with 169.254.169.254, and its siblings elsewhere, are refused whatever the job says.
 * Private networks are allowed by default because that is where ledgers stand.
 */
const ALWAYS_REFUSED = blockList(['169.254.0.0/16', '100.100.100.200/32', 'fd00:ec2::254/128', 'fe80::/10'])
const PRIVATE = blockList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '::/128',
  '::1/128',
  'fc00::/7',
])

/** Throws when the host is an address that may not be reached. A host name is checked by guardedLookup. */
export function guardHost({ hostname }: URL, allowPrivate: boolean): void {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) guardAddress(host, allowPrivate)
}

/** Checks what a name leads to at the moment of connecting: a check beforehand could be told another address. */
export const guardedLookup =
  (allowPrivate: boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '')
      try {
        for (const { address } of addresses) guardAddress(address, allowPrivate)
      } catch (refused) {
        return callback(refused as TechnicalError, '')
      }
      if (options.all) callback(null, addresses)
      else callback(null, addresses[0]!.address, addresses[0]!.family)
    })
  }

function guardAddress(address: string, allowPrivate: boolean): void {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (ALWAYS_REFUSED.check(address, family) || (!allowPrivate && PRIVATE.check(address, family))) {
    throw new TechnicalError(
      'source_refused',
      `we do not connect to ${address}: it is inside the machine or its network, not a source`,
    )
  }
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network, prefix] = range.split('/') as [string, string]
    list.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
