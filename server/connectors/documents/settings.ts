import { z } from 'zod'
import { addressProblem, pathProblem } from '../http-address.ts'

const VariableName = z.string().regex(/^[A-Za-z_]\w*$/, 'name an environment variable')

export const DocumentsSettings = z
  .strictObject({
    url: z.string().describe('Address below which documents, documents/lookup and totals stand'),
    baseFrom: VariableName.optional().describe(
      'Name of the environment variable that holds the address the url goes on from: one for test, another for production',
    ),
    tokenFrom: VariableName.optional().describe('Name of the environment variable that holds the bearer token'),
    idempotencyKeys: z
      .boolean()
      .default(true)
      .describe('false where the target does not know idempotency keys; then asking by natural key stands alone'),
    batchSize: z.number().int().min(1).max(1_000).default(200).describe('Documents in one request'),
    timeoutMs: z.number().int().min(1).max(600_000).default(30_000).describe('Longest time for one whole answer'),
    settleMs: z
      .number()
      .int()
      .min(0)
      .max(3_600_000)
      .default(5_000)
      .describe('After an answer was lost the target may still be at work for so long: it is not asked sooner'),
    maxAnswerBytes: z
      .number()
      .int()
      .min(1)
      .max(256 * 1024 ** 2)
      .default(32 * 1024 ** 2)
      .describe('Largest answer'),
    requestsPerSecond: z.number().min(0.001).max(1_000).optional().describe('Fastest pace of requests; left out: no pause'),
    allowPrivateAddresses: z
      .boolean()
      .default(true)
      .describe('false refuses loopback and private networks. Cloud metadata addresses are refused always'),
  })
  .superRefine(({ url, baseFrom }, context) => {
    const problem = baseFrom === undefined ? addressProblem(url) : pathProblem(url)
    if (problem) context.addIssue({ code: 'custom', path: ['url'], message: problem })
  })
export type DocumentsSettings = z.output<typeof DocumentsSettings>
