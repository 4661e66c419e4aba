/** For the doors, which do not know the database: it is busy, gone or full, and may answer a little later. */
export { isDatabaseAway } from '#db/failures.ts'
