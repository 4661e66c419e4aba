import type { Database } from '#db/client.ts'
import { readFigures, type FigureRow } from '#db/queries/comparison-sides.ts'
import { findDefinitionVersion } from '#db/queries/reconciliations.ts'
import { countSealedRows, listBrokenSeals, listCertified, listUnevenComparisons } from '#db/queries/verify-reconciliations.ts'
import { comparedOf } from './compared.ts'
import { missingEvidence } from './missing-evidence.ts'
import { sealedEvidence } from './seal.ts'

/** Differences, seals and signatures, the files they sealed, and the figures of every certification read anew from the lines as of what was signed. */
export async function checkReconciliations(db: Database): Promise<{ name: string; rowsChecked: number; differences: string[] }> {
  const differences = [...(await listUnevenComparisons(db)), ...(await listBrokenSeals(db))]
  for (const certified of await listCertified(db)) {
    for (const { name, sha256, why } of await missingEvidence(db, certified.reconciliation_id, sealedEvidence(certified.seal)))
      differences.push(
        `certification ${certified.certification_id}: evidence missing: ${name} (${sha256.slice(0, 16)}…) ${why === 'gone' ? 'is not kept any more' : 'is not the file that was sealed'}`,
      )
    const known = await findDefinitionVersion(db, certified.definition_id, certified.definition_version)
    const compared = await comparedOf(db, known, certified)
    const now = compared ? await readFigures(db, compared, certified.as_of) : []
    if (textOf(now) !== textOf(certified.figures))
      differences.push(
        `certification ${certified.certification_id}: as of publication ${certified.as_of} the lines give other figures than were signed`,
      )
  }
  return { name: 'reconciliations', rowsChecked: await countSealedRows(db), differences }
}

const textOf = (figures: readonly FigureRow[]) =>
  figures
    .map(({ side, account_group, currency, lines, keys, amount }) =>
      [side, account_group, currency, lines, keys, amount].join('|'),
    )
    .sort()
    .join('\n')
