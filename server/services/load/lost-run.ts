/** This attempt no longer owns its run: it was cancelled, or another worker took it over. Whatever it did is rolled back. */
export class LostRun extends Error {
  constructor() {
    super('this attempt no longer owns the run')
  }
}
