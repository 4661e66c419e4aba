import type { Queryable } from '#db/client.ts'
import { findDefinitionProposal, listWaitingDefinitions, type DefinitionProposal } from '#db/queries/definition-proposals.ts'
import { findDefinitionVersion, findReconciliationDefinition } from '#db/queries/reconciliations.ts'
import { Refusal } from '#server/domain/errors.ts'
import { loosensWords, settingChanges, type SettingChange } from '#server/domain/reconciliation/definition-change.ts'

export type ShownProposal = Omit<DefinitionProposal, 'definition' | 'definitionHash'> & {
  readonly title: string
  /** What it lets through, in words. */
  readonly why: string
}
export type DefinitionProposalView = { readonly proposal: ShownProposal; readonly changes: readonly SettingChange[] }

/** A proposal beside the version that it is to follow. Throws Refusal (proposal_not_found). */
export async function readDefinitionProposal(db: Queryable, proposalId: number): Promise<DefinitionProposalView> {
  const found = await findDefinitionProposal(db, proposalId)
  if (!found) throw new Refusal('proposal_not_found', `${proposalId}`)
  const { name, baseVersion, definition, loosens } = found
  const known = baseVersion === 0 ? null : await findReconciliationDefinition(db, name)
  const before = known && (await findDefinitionVersion(db, known.definitionId, baseVersion)).definition
  return { proposal: shown(found), changes: settingChanges(before, definition, loosens) }
}

/** Those that wait for a second person. */
export const readWaitingDefinitions = async (db: Queryable): Promise<ShownProposal[]> =>
  (await listWaitingDefinitions(db)).map(shown)

const shown = ({ definition, definitionHash: _, ...proposal }: DefinitionProposal): ShownProposal => ({
  ...proposal,
  title: definition.title,
  why: loosensWords(proposal.loosens),
})
