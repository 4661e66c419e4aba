import { z } from 'zod'
import { VENDORS } from '#server/domain/failure-names/said.ts'
import { addressProblem, pathProblem } from '../http-address.ts'

const KiB = 1024
const ParameterName = z.string().min(1)
const Path = z.string().min(1)
const PageSize = z.number().int().min(1).max(100_000).default(1_000).describe('Records asked for per page')
const ParentOptional = z
  .boolean()
  .default(false)
  .describe('true where the last page leaves out the whole object around the next cursor; else its absence is a changed contract')

const Paging = z.discriminatedUnion('style', [
  z.strictObject({
    style: z.literal('cursor').describe('Each page names the cursor of the next'),
    nextCursorPath: Path.describe(
      'Where in the body the next cursor stands, like paging.next; absent, null or empty there is the end',
    ),
    cursorParameter: ParameterName.default('cursor').describe('Query parameter in which the cursor is sent back'),
    parentOptional: ParentOptional,
  }),
  z.strictObject({
    style: z.literal('link').describe('Each page names the address of the next'),
    nextLinkPath: Path.optional().describe(
      'Where in the body the next address stands, like @odata.nextLink; left out: the Link header, rel=next',
    ),
    parentOptional: ParentOptional,
  }),
  z.strictObject({
    style: z.literal('offset').describe('We count; ends at the stated count (countPath) or at an empty page'),
    offsetParameter: ParameterName.default('offset').describe('Query parameter of the first record wanted, from 0'),
    limitParameter: ParameterName.default('limit').describe('Query parameter of the page size'),
    pageSize: PageSize,
  }),
  z.strictObject({
    style: z.literal('page').describe('We count pages; ends at the stated count (countPath) or at an empty page'),
    pageParameter: ParameterName.default('page').describe('Query parameter of the page number'),
    firstPage: z.number().int().min(0).max(1).default(1).describe('Number of the first page'),
    sizeParameter: ParameterName.optional().describe('Query parameter of the page size; left out: the source decides'),
    pageSize: PageSize,
  }),
  z.strictObject({ style: z.literal('none').describe('One answer holds everything') }),
])

export const HttpJsonSettings = z
  .strictObject({
    type: z.literal('http').optional().describe('Stands in the job beside the settings'),
    url: z
      .string()
      .describe('Address of the first page; {entity}, {period}, {version} and other names are replaced from parameters'),
    baseFrom: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'name an environment variable')
      .optional()
      .describe(
        'Name of the environment variable that holds the address the url goes on from: one for test, another for production',
      ),
    parameters: z.record(z.string(), z.string()).default({}).describe('Values for the {names} in the address'),
    headers: z
      .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/))
      .refine((headers) => !Object.keys(headers).some((name) => REFUSED_HEADERS.test(name)), {
        message: 'a header may not carry a secret or steer the connection; a bearer token comes from tokenFrom',
      })
      .default({})
      .describe('Further request headers, such as a tenant name. Never a secret: settings are shown and stored'),
    tokenFrom: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'name an environment variable')
      .optional()
      .describe('Name of the environment variable that holds the bearer token'),
    vendor: z
      .enum(VENDORS)
      .default('http')
      .describe('Whose words its failures are in, such as sap or netsuite; left out: only what every system means by a status'),
    recordsPath: Path.optional().describe(
      'Where in the body the list of records stands, like lines; "." for the body itself. A page without it is refused',
    ),
    countPath: Path.optional().describe('Where in the body the source states how many records there are in all pages together'),
    paging: Paging.default({ style: 'none' }).describe('How the source cuts its answer into pages'),
    timeoutMs: z
      .number()
      .int()
      .min(1)
      .max(3_600_000)
      .default(30_000)
      .describe('Longest time for one whole answer, to its last byte'),
    maxPageBytes: z
      .number()
      .int()
      .min(1)
      .max(256 * KiB * KiB)
      .default(64 * KiB * KiB)
      .describe('Largest page, unpacked. A page is held in memory while it is checked'),
    maxPages: z.number().int().min(1).max(1_000_000).default(10_000).describe('Most pages of one run'),
    requestsPerSecond: z
      .number()
      .min(0.001)
      .max(1_000)
      .optional()
      .describe('Fastest pace at which pages are asked for; left out: no pause'),
    allowPrivateAddresses: z
      .boolean()
      .default(true)
      .describe('false refuses loopback and private networks. Cloud metadata addresses are refused always'),
  })
  .superRefine(({ url, baseFrom }, context) => {
    const problem = baseFrom === undefined ? addressProblem(url) : pathProblem(url)
    if (problem) context.addIssue({ code: 'custom', path: ['url'], message: problem })
  })
  .refine(({ paging, recordsPath }) => recordsPath !== undefined || !['offset', 'page'].includes(paging.style), {
    path: ['recordsPath'],
    message: 'counting pages needs recordsPath, to see an empty page',
  })
export type HttpJsonSettings = z.output<typeof HttpJsonSettings>
export type PagingSettings = HttpJsonSettings['paging']

/** Secrets, and what would steer the connection or the form of the answer. */
const REFUSED_HEADERS = new RegExp(
  '^(authorization|proxy-.*|cookie|host|connection|content-length|transfer-encoding|upgrade|te|accept-encoding|range|' +
    '.*(token|secret|password|api-?key|signature).*)$',
  'i',
)
