import { z } from 'zod'
import { viewQuery } from '#server/domain/saved-view.ts'
import { readVerifier } from '#server/services/reads/audit-bundle.ts'
import { readAuditView } from '../audit-search.ts'
import { textStream } from '../csv-stream.ts'
import { readSearch } from '../forms.ts'
import type { Given } from '../guarded.ts'
import { zipStream } from '../zip-stream.ts'
import { fileName } from './export.ts'

const Since = z.object({ since: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional() })

/** The log, or the events of a view with their proofs, in the form that `verify-audit` checks. */
export async function evidence(given: Given, format: 'jsonl' | 'zip'): Promise<Response> {
  const { services, url } = given
  const { since } = readSearch(url, Since)
  const { before: _, after: __, ...request } = readAuditView(given).request
  const { since: ___, ...filters } = Object.fromEntries(new URLSearchParams(viewQuery(url.search)))
  const { lines, note, keys } = await services.exportEvidence({ request, filters, since, format })
  const name = fileName(given, 'audit evidence')
  if (format === 'jsonl') return textStream(`${name}.jsonl`, 'application/x-ndjson; charset=utf-8', lines)
  const listed = keys.map(({ verifier, validFrom, validUntil }) => `${verifier} ${validFrom} ${validUntil ?? ''}\n`).join('')
  return zipStream(
    `${name}.zip`,
    [
      { name: 'README.txt', content: README },
      { name: 'verify-audit.mjs', content: await readVerifier() },
      { name: 'checkpoint.txt', content: note ?? 'No checkpoint was ever signed.\n' },
      { name: 'keys.txt', content: listed },
      { name: 'audit.jsonl', content: lines },
    ],
    services.context.now(),
  )
}

const README = `Evidence from the audit log of a Finance Control Tower

  node verify-audit.mjs . --key VERIFIER_KEY --checkpoint OLDER_CHECKPOINT

Needs Node 20 or newer, no packages and no network. Exit code 0: everything agrees; 1: what does not is named.

audit.jsonl       one JSON object a line: keys, the signed checkpoint, the events as they were hashed (RFC 8785, RFC 6962)
checkpoint.txt    the signed checkpoint alone (C2SP signed note). Keep it: next time it shows that history was not rewritten
keys.txt          public keys as this log lists them, from when until when
verify-audit.mjs  the script

The key you pass with --key must come from the owner of the log by another way than this file: a key out of the bundle proves that
the bundle agrees with itself and not who signed it. The same holds for the script: keep a copy of your own and compare.
Without --checkpoint nothing shows that the past was not rewritten and signed anew.
`
