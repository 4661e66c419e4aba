import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { emptyLine } from '#server/domain/line.ts'
import { RejectedRecords } from './rejected-records.ts'

const world = useDatabase()

test('rejected records that could not be written while the next were read fail the load at the latest at its end', async () => {
  const noRun = { runId: 999_999, attempt: 1, workerId: null }
  const rejected = new RejectedRecords(world.db, noRun, new Set())
  rejected.add({ id: 1, artifactId: 1, position: 1, objectType: 'journal_line' }, emptyLine(), [])
  await rejected.flush()
  await expect(rejected.end()).rejects.toThrow()
  await rejected.idle()
})
