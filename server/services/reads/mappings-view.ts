import type { Queryable } from '#db/client.ts'
import {
  listEntriesAt,
  listEntryChanges,
  listMappedSystems,
  listMappingVersions,
  listProposals,
  listUnmappedCodes,
  type EntryRow,
  type MappedSystem,
  type ProposalRow,
  type UnmappedCode,
  type VersionRow,
} from '#db/queries/mapping-screens.ts'
import { findProposal, listEntriesOf, newestMappingVersion, readMapping } from '#db/queries/mappings.ts'
import { countMembers, countOpenDrift, listDimensionSystems, type DimensionSystem } from '#db/queries/member-screens.ts'
import { findSystem } from '#db/queries/runs.ts'
import { Refusal } from '#server/domain/errors.ts'
import { applyChange, type MappingChange } from '#server/domain/mapping/change.ts'
import type { MappingEntry } from '#server/domain/mapping/code-mapping.ts'
import { MEMBER_TYPES, type MemberType } from '#server/domain/member-correction.ts'
import { writeMappingYaml } from '../change-list.ts'
import { changeOf } from '../decide-mapping.ts'
import { readMappingEffect, type MappingEffect } from '../mapping-effect.ts'

export type { EntryRow, MappedSystem, ProposalRow, UnmappedCode, VersionRow }

export type DimensionSummary = {
  readonly dimension: MemberType
  readonly members: number
  readonly systems: readonly DimensionSystem[]
  readonly byHand: number
  readonly drift: number
}
export type MappingsView = {
  readonly dimensions: readonly DimensionSummary[]
  readonly systems: readonly (MappedSystem & { readonly unmapped: number })[]
  readonly unmapped: readonly UnmappedCode[]
  readonly computedAt: string
}

const UNMAPPED_MAX = 500
const ENTRIES_MAX = 1_000
const VERSIONS_MAX = 100
const PROPOSALS_MAX = 200

/** Dimensions with who carries them, systems with their mapping, and what waits for a mapping. */
export async function readMappings(db: Queryable, scope: readonly string[], now: Date): Promise<MappingsView> {
  const [carried, counts, drift, systems, unmapped] = await Promise.all([
    listDimensionSystems(db, scope),
    countMembers(db, scope),
    countOpenDrift(db, scope),
    listMappedSystems(db),
    listUnmappedCodes(db, { scope }, UNMAPPED_MAX),
  ])
  return {
    dimensions: MEMBER_TYPES.map((dimension) => ({
      dimension,
      members: counts.find((row) => row.dimension === dimension)?.members ?? 0,
      systems: carried.filter((row) => row.dimension === dimension && !row.isByHand),
      byHand: carried.find((row) => row.dimension === dimension && row.isByHand)?.members ?? 0,
      drift: drift.find((row) => row.dimension === dimension)?.open ?? 0,
    })),
    systems: systems.map((row) => ({ ...row, unmapped: unmapped.filter(({ system }) => system === row.system).length })),
    unmapped,
    computedAt: now.toISOString(),
  }
}

export type UnmappedView = {
  readonly rows: readonly UnmappedCode[]
  readonly systems: readonly MappedSystem[]
  readonly computedAt: string
}

export async function readUnmapped(
  db: Queryable,
  filter: { readonly system?: string | undefined; readonly dimension?: string | undefined; readonly scope: readonly string[] },
  now: Date,
): Promise<UnmappedView> {
  const [rows, systems] = await Promise.all([listUnmappedCodes(db, filter, UNMAPPED_MAX), listMappedSystems(db)])
  return { rows, systems, computedAt: now.toISOString() }
}

export type Draft = {
  readonly proposal: ProposalRow
  readonly closed: readonly MappingEntry[]
  readonly opened: readonly MappingEntry[]
  /** Why it cannot be approved any more: the mapping moved on. */
  readonly refused: string | null
  readonly effect: MappingEffect
}
export type MappingView = {
  readonly system: MappedSystem
  readonly version: number
  readonly newest: number
  readonly entries: readonly EntryRow[]
  readonly isCut: boolean
  readonly changes: readonly EntryRow[] | null
  readonly versions: readonly VersionRow[]
  readonly proposals: readonly ProposalRow[]
  readonly draft: Draft | null
  /** Of a code that somebody is about to propose for: what waits for it. */
  readonly asked: MappingEffect | null
  readonly computedAt: string
}
export type MappingRequest = {
  readonly system: string
  readonly version?: number | undefined
  /** The earlier version to compare with. */
  readonly since?: number | undefined
  readonly dimension?: string | undefined
  readonly q?: string | undefined
  readonly proposal?: number | undefined
  readonly asked?: MappingChange | undefined
  readonly scope: readonly string[]
}

/** The mapping of a system. Throws Refusal (system_not_found, proposal_not_found). */
export async function readMappingView(db: Queryable, request: MappingRequest, now: Date): Promise<MappingView> {
  const { dimension, q, since, scope } = request
  const [found, systems] = await Promise.all([findSystem(db, request.system), listMappedSystems(db)])
  const system = systems.find((row) => row.system === request.system)
  if (!found || !system) throw new Refusal('system_not_found', request.system)
  const { systemId } = found
  const version = Math.min(request.version ?? system.version, system.version)
  const [entries, changes, versions, proposals, draft, asked] = await Promise.all([
    listEntriesAt(db, systemId, version, { dimension, q }, ENTRIES_MAX + 1),
    since === undefined ? null : listEntryChanges(db, systemId, Math.min(since, version), Math.max(since, version), ENTRIES_MAX),
    listMappingVersions(db, systemId, VERSIONS_MAX),
    listProposals(db, systemId, PROPOSALS_MAX),
    request.proposal === undefined ? null : readDraft(db, systemId, request.proposal, scope),
    request.asked ? readMappingEffect(db, { systemId, change: request.asked, scope }) : null,
  ])
  return {
    system,
    version,
    newest: system.version,
    entries: entries.slice(0, ENTRIES_MAX),
    isCut: entries.length > ENTRIES_MAX,
    changes,
    versions,
    proposals,
    draft,
    asked,
    computedAt: now.toISOString(),
  }
}

async function readDraft(db: Queryable, systemId: number, proposalId: number, scope: readonly string[]): Promise<Draft> {
  const kept = await findProposal(db, proposalId)
  const proposal = (await listProposals(db, systemId, PROPOSALS_MAX)).find((row) => row.proposalId === proposalId)
  if (!kept || !proposal) throw new Refusal('proposal_not_found', `${proposalId}`)
  const change = changeOf(kept)
  const [inForce, effect] = await Promise.all([
    listEntriesOf(db, systemId, change),
    readMappingEffect(db, { systemId, change, scope }),
  ])
  const applied = applyChange(inForce, change)
  if ('refused' in applied) return { proposal, closed: [], opened: [], refused: applied.refused, effect }
  return { proposal, ...applied, refused: null, effect }
}

export type MappingExport = { readonly system: string; readonly version: number; readonly entries: readonly MappingEntry[] }

/** All entries in force at a version, for a file. Throws Refusal (system_not_found). */
export async function readMappingExport(db: Queryable, system: string, version?: number): Promise<MappingExport> {
  const found = await findSystem(db, system)
  if (!found) throw new Refusal('system_not_found', system)
  const at = version ?? (await newestMappingVersion(db, found.systemId))
  return { system, version: at, entries: await readMapping(db, found.systemId, at) }
}

export const mappingYaml = ({ system, version, entries }: MappingExport): string => writeMappingYaml(system, version, entries)
