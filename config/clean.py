"""清除数据: delete the embedded databases and all else that was generated, after asking (`make clean-data`)."""

import shutil
import sys

from config.embedded import stop
from config.places import STATE_DIR
from config.postgres_home import place_of_clusters

ANSWER = "删除"


def main() -> int:
    folders = [folder for folder in (place_of_clusters(), STATE_DIR) if folder.exists()]
    if not folders:
        print("没有可删除的数据。 Nothing to delete.")
        return 0
    print("将永久删除下列文件夹，其中有内嵌数据库的全部数据。 These folders will be deleted for good:")
    print("\n".join(f"  {folder}" for folder in folders))
    if input(f"确认请输入“{ANSWER}”或 delete： ").strip() not in {ANSWER, "delete"}:
        print("没有删除。 Nothing was deleted.")
        return 1
    for data in place_of_clusters().glob("*/data"):
        stop(data.parent.name)
    for folder in folders:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
