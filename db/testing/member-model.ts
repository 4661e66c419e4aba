/** A correction by hand of one member, and between which publications it was current. */
type Correction = { readonly key: string; readonly code: string; readonly validFrom: string; readonly isActive: boolean }
type Version = Correction & { readonly from: number; to: number | null }

/** Members that are known from corrections by hand alone, said in the plainest way. */
export class MemberModel {
  private readonly versions: Version[] = []

  /** Whether a line of that day may name the member: the newest correction that has begun says so. */
  isUsable(code: string, on: string, publication: number): boolean {
    const begun = this.currentAt(publication).filter((one) => one.code === code && one.validFrom <= on)
    return begun.sort((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0]?.isActive ?? false
  }

  says(code: string, validFrom: string, isActive: boolean): boolean {
    return this.currentAt(Number.MAX_SAFE_INTEGER).some((one) => one.key === `${code} ${validFrom}` && one.isActive === isActive)
  }

  correct(code: string, validFrom: string, isActive: boolean, publication: number): void {
    const key = `${code} ${validFrom}`
    for (const one of this.versions) if (one.key === key && one.to === null) one.to = publication
    this.versions.push({ key, code, validFrom, isActive, from: publication, to: null })
  }

  /** The first later publication that touched what this one did; null when it can be withdrawn. */
  standsOn(publication: number): number | null {
    const brought = this.versions.filter((one) => one.from === publication && one.to !== null).map((one) => one.to!)
    const closed = this.versions.filter((one) => one.to === publication)
    const again = this.versions
      .filter((one) => one.from > publication && closed.some((old) => old.key === one.key))
      .map((one) => one.from)
    return [...brought, ...again].sort((a, b) => a - b)[0] ?? null
  }

  withdraw(withdrawn: number, publication: number): void {
    const back = this.versions.filter((one) => one.to === withdrawn)
    for (const one of this.versions) if (one.from === withdrawn && one.to === null) one.to = publication
    for (const one of back) this.versions.push({ ...one, from: publication, to: null })
  }

  private currentAt(publication: number): Version[] {
    return this.versions.filter((one) => one.from <= publication && (one.to === null || one.to > publication))
  }
}
