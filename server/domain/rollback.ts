/** What became of a request to roll back into closed periods. */
export type RollbackAnswer = 'approved' | 'declined' | 'superseded'
