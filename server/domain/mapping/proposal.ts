/** A change of a mapping: drafted by one person, decided by another, once. */
export const PROPOSAL_STATES = ['draft', 'approved', 'rejected'] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]
