import { lookup as resolveName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { TechnicalError } from '#server/domain/errors.ts'

/** The address that an environment variable names, fit to be gone on from. */
export function baseAddress(variable: string, address: string): string {
  if (address === '') throw new TechnicalError('credential_missing', `${variable} is not set`)
  const problem = addressProblem(address) ?? (/[?#]/.test(address) ? 'an address to go on from has no ? and no #' : null)
  if (problem) throw new TechnicalError('source_endpoint_unknown', `${variable} is not usable: ${problem}`)
  return address.replace(/\/+$/, '')
}

export function addressProblem(url: string): string | null {
  const origin = /^https?:\/\/([^/?#\\]+)/i.exec(url)
  if (!origin) return 'an address starts with http:// or https://'
  if (/[{}]/.test(origin[1]!)) return 'the host of an address may not be a parameter'
  if (origin[1]!.includes('@')) return 'an address may not hold a user or password'
  return URL.canParse(url) ? null : 'not an address'
}

export const pathProblem = (url: string): string | null =>
  /^\/(?![/\\])/.test(url) ? null : 'with baseFrom, the url is what comes after that address and starts with one /'

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

const RETRY_AFTER_MAX_MS = 3_600_000

/** Retry-After in seconds or as an HTTP date, at most an hour; null when absent or nonsense. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, RETRY_AFTER_MAX_MS)
  // Only text that looks like a date: Date.parse reads '-5' as a day in 2001.
  const at = /^[A-Z][a-z]+, ?\d|^[A-Z][a-z]{2} [A-Z][a-z]{2} /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now, 0), RETRY_AFTER_MAX_MS)
}
