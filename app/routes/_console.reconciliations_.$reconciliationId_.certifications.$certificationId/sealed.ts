import { z } from 'zod'

const Figure = z.object({ side: z.string(), accountGroup: z.string(), currency: z.string(), amount: z.string() })

/** What a seal says, as far as this screen shows it. */
export const Sealed = z.object({
  reconciliation: z.object({ name: z.string(), title: z.string(), entity: z.string(), period: z.string(), version: z.string() }),
  definition: z.object({ version: z.number() }),
  figures: z.array(Figure.extend({ lines: z.number(), keys: z.number() })),
  parts: z.array(Figure.extend({ bucket: z.string(), key: z.array(z.string()) })),
  explanations: z.array(Figure.extend({ key: z.array(z.string()), type: z.string(), text: z.string(), explainedBy: z.string() })),
  evidence: z.array(z.object({ name: z.string(), sha256: z.string(), byteCount: z.number() })),
  statement: z.string(),
  signOffs: z.array(z.object({ act: z.string(), signedBy: z.string(), signedAt: z.string(), comment: z.string() })),
})
export type Sealed = z.infer<typeof Sealed>
