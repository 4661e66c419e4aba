/** Entities, accounts, jobs: the code in mono, then the name. */
export function CodeAndName({ code, name }: { code: string; name?: string | null }) {
  return (
    <span className="code-name">
      <span className="mono">{code}</span> {name && <span className="truncate">{name}</span>}
    </span>
  )
}
