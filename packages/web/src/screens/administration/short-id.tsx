/** The end of an id: its beginning is the time, which neighbours share. The whole id is in the exported file. */
export function ShortId({ id }: { id: string }) {
  return (
    <bdi title={id} className="font-semibold">
      {id.length > 12 ? `…${id.slice(-8)}` : id}
    </bdi>
  )
}
