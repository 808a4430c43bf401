a sh
