/* The verbs: one file each. argv[0] is the verb ("serve", "train intent" ...); the result is the exit status. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

int command_agent(int argc, char **argv);
int command_analyze(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_chat(int argc, char **argv);
int command_base(int argc, char **argv);
int command_config(int argc, char **argv);
int command_data(int argc, char **argv);
int command_recommend(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_segment(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_vectors(int argc, char **argv);
int command_parse(int argc, char **argv);
int command_test(int argc, char **argv);
int command_test_fairness(int argc, char **argv);
int command_test_faq(int argc, char **argv);
int command_test_nlu(int argc, char **argv);
int command_test_stories(int argc, char **argv);
int command_train(int argc, char **argv);
int command_train_bot(int argc, char **argv);
int command_train_head(int argc, char **argv);
int command_train_tagger(int argc, char **argv);
int command_train_segmenter(int argc, char **argv);
int command_version(int argc, char **argv);

#endif
