#include <stdio.h>

#include "commands/cli.h"
#include "commands/commands.h"

int command_version(int argc, char **argv)
{
	struct cli cli = {0};
	int status;
	if (!cli_parse(&cli, &argc, &argv, NULL, "", "Prints the version of this program.", "  kefu version --json",
	               &status))
		return status;
	if (cli.json)
		cli_print_json(json_pack("{s:s}", "version", KEFU_VERSION));
	else
		puts("kefu " KEFU_VERSION);
	return CLI_OK;
}
