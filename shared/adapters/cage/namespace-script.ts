/**
 * Shell script that turns a fresh set of namespaces into a cage and starts its program: a root file system with nothing but node, the tools, the
 * libraries that node is linked with and an empty work folder; no /proc, no /etc, no network interface that is up, no capability.
 *
 * Everything is mounted read-only except /work. `nosuid,nodev` are always given because a user namespace may not take them away again where the
 * mount outside has them; `noexec` is tried second for the same reason.
 *
 * Arguments: new root (an empty folder), bytes of the work folder, KiB of memory per process, node, program, kubectl, helm, settings.
 */
export const namespaceScript = `
set -eu
root=$1 work=$2 memory=$3 node=$4 program=$5 kubectl=$6 helm=$7 settings=$8
setpriv=$(command -v setpriv) umount=$(command -v umount)

show() {
  if [ -d "$1" ]; then mkdir -p "$root$2"; else : > "$root$2"; fi
  mount --rbind "$1" "$root$2"
  mount -o remount,bind,ro,nosuid,nodev "$root$2" 2> /dev/null || mount -o remount,bind,ro,nosuid,nodev,noexec "$root$2"
}

mount -t tmpfs -o mode=755,size=1m,nosuid,nodev cage "$root"
mkdir "$root/cage" "$root/work" "$root/dev" "$root/usr" "$root/old"
for folder in /lib /lib64 /usr/lib /usr/lib64 /nix/store; do
  if [ -L "$folder" ]; then ln -s "$(readlink "$folder")" "$root$folder"
  elif [ -d "$folder" ]; then show "$folder" "$folder"; fi
done
for device in null zero urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
show "$node" /cage/node
show "$program" /cage/program.mjs
show "$kubectl" /cage/kubectl
show "$helm" /cage/helm
show "$setpriv" /cage/setpriv
# umount looks at /proc/self; the link leads nowhere once the old root is gone.
ln -s old/proc "$root/proc"
mount -t tmpfs -o "mode=700,size=$work,nosuid,nodev,noexec" work "$root/work"
mount -o remount,bind,ro,nosuid,nodev "$root"

cd "$root"
pivot_root . old
cd /work
"/old$umount" --lazy /old
ulimit -c 0
ulimit -d "$memory"
unset PATH OLDPWD PWD
exec /cage/setpriv --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- /cage/node /cage/program.mjs --serve "$settings"
`;

/** Where things stand inside. */
export const inside = { work: "/work", kubectl: "/cage/kubectl", helm: "/cage/helm", node: "/cage/node" } as const;
