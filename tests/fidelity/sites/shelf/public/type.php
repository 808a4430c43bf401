a php
