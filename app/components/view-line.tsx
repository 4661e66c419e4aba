import { useFetcher } from '@remix-run/react'
import { Pencil, Pin, PinOff, Trash2 } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { paths, viewHref } from '#app/paths.ts'
import { Button } from '#app/ui/button.tsx'
import { Input } from '#app/ui/field.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { showToast } from '#app/ui/toast.tsx'
import { VIEW_NAME_CHARS_MAX, type ViewLook } from '#server/domain/saved-view.ts'

export type SavedView = {
  readonly viewId: number
  readonly screen: string
  readonly name: string
  readonly query: string
  readonly look: ViewLook | null
  readonly isTeam: boolean
  readonly isMine: boolean
  readonly owner: string
  readonly isDefault: boolean
  /** Whoever made it, and for one of the team an administrator. */
  readonly mayChange: boolean
  readonly defaultOfOthers: number
}
export const NOT_MAY = 'An auditor looks and changes nothing; views of the team can be opened.'

export type ViewLineProps = {
  view: SavedView
  isOpen: boolean
  returnTo: string
  mayKeep: boolean
  /** Of the whole panel: this line goes with the view it removes. */
  remover: ReturnType<typeof useViewFetcher>
  onRemove: (view: SavedView) => void
  onOpen: () => void
}

/** A view in the panel: opened, opened first, renamed and removed. */
export function ViewLine({ view, isOpen, returnTo, mayKeep, remover, onRemove, onOpen }: ViewLineProps) {
  const { viewId, screen, name, query, isTeam, isMine, isDefault, mayChange, owner } = view
  const [asks, setAsks] = useState<'name' | 'removal' | null>(null)
  const done = () => setAsks(null)
  const against = !mayKeep ? NOT_MAY : mayChange ? null : `${owner} keeps this view for the team.`
  const hidden = (
    <>
      <input type="hidden" name="screen" value={screen} />
      <input type="hidden" name="viewId" value={viewId} />
      <input type="hidden" name="returnTo" value={returnTo} />
    </>
  )
  if (asks === 'name')
    return (
      <RenameLine view={view} onDone={done}>
        {hidden}
      </RenameLine>
    )
  const removal = (
    <remover.Form
      method="post"
      action={paths.views()}
      onSubmit={() => {
        onRemove(view)
        done()
      }}
    >
      {hidden}
      <Button
        type="submit"
        name="do"
        value="remove"
        size="small"
        kind={asks ? 'danger' : 'ghost'}
        icon={Trash2}
        iconOnly={!asks}
        reasonAlign="end"
        disabledReason={against}
        onClick={(event) => {
          if (!isTeam || asks) return
          event.preventDefault()
          setAsks('removal')
        }}
      >
        Remove {asks ? 'it for everybody' : name}
      </Button>
    </remover.Form>
  )
  if (asks === 'removal')
    return (
      <li className="grid max-w-[360px] gap-2 p-2">
        <p role="alert">{removalWords(view)}</p>
        <div className="flex justify-end gap-2">
          <Button size="small" onClick={done} autoFocus>
            Keep it
          </Button>
          {removal}
        </div>
      </li>
    )
  return (
    <li className="view-line">
      <Link
        href={viewHref(screen, query, viewId)}
        className="menu-item"
        aria-current={isOpen ? 'true' : undefined}
        onClick={onOpen}
      >
        <span className="truncate">{name}</span>
        {isTeam && <span className="meta">{isMine ? 'team' : `team, by ${owner}`}</span>}
        {isDefault && <span className="meta">opens first</span>}
      </Link>
      <PinForm view={view} returnTo={returnTo} mayKeep={mayKeep} />
      <Button
        size="small"
        kind="ghost"
        icon={Pencil}
        iconOnly
        reasonAlign="end"
        disabledReason={against}
        onClick={() => setAsks('name')}
      >
        Rename {name}
      </Button>
      {removal}
    </li>
  )
}

/** What goes with a view of the team: it cannot be taken back, because others chose it. */
function removalWords({ name, isMine, owner, defaultOfOthers }: SavedView): string {
  const whose = isMine ? 'your view' : `the view by ${owner}`
  const opens =
    defaultOfOthers === 0
      ? 'Nobody else opens the list with it.'
      : `${defaultOfOthers === 1 ? '1 other person opens' : `${defaultOfOthers} others open`} the list with it, and with everything from then on.`
  return `“${name}”, ${whose}, goes for the whole team. ${opens}`
}

function PinForm({
  view: { viewId, screen, name, isDefault },
  returnTo,
  mayKeep,
}: Pick<ViewLineProps, 'view' | 'returnTo' | 'mayKeep'>) {
  const fetcher = useViewFetcher()
  return (
    <fetcher.Form method="post" action={paths.views()}>
      <input type="hidden" name="screen" value={screen} />
      <input type="hidden" name="returnTo" value={returnTo} />
      {!isDefault && <input type="hidden" name="viewId" value={viewId} />}
      <Button
        type="submit"
        name="do"
        value="default"
        size="small"
        kind="ghost"
        icon={isDefault ? PinOff : Pin}
        iconOnly
        reasonAlign="end"
        disabledReason={mayKeep ? null : NOT_MAY}
      >
        {isDefault ? `Open the list with everything instead of ${name}` : `Open the list with ${name}`}
      </Button>
    </fetcher.Form>
  )
}

function RenameLine({ view: { name }, onDone, children }: { view: SavedView; onDone: () => void; children: ReactNode }) {
  const fetcher = useViewFetcher()
  const isSent = fetcher.state !== 'idle'
  const [wasSent, setWasSent] = useState(false)
  useEffect(() => {
    if (isSent) setWasSent(true)
    else if (wasSent) onDone()
  }, [isSent, wasSent, onDone])
  return (
    <li className="p-2">
      <fetcher.Form method="post" action={paths.views()} className="grid gap-2">
        {children}
        <Input label={`New name of ${name}`} name="name" required maxLength={VIEW_NAME_CHARS_MAX} defaultValue={name} autoFocus />
        <div className="flex justify-end gap-2">
          <Button size="small" onClick={onDone}>
            Leave it
          </Button>
          <Button type="submit" name="do" value="rename" size="small" kind="primary" pending={isSent}>
            Rename
          </Button>
        </div>
      </fetcher.Form>
    </li>
  )
}

/** A refusal is told where the news are: the panel it was asked from has closed. */
export function useViewFetcher() {
  const fetcher = useFetcher<{ refused?: { message?: string } } | null>()
  const refused = fetcher.state === 'idle' ? fetcher.data?.refused : undefined
  useEffect(() => {
    if (refused) showToast({ text: refused.message ?? 'That could not be done.' })
  }, [refused])
  return fetcher
}
